# Wrong values fail before anything is planned. In each run, all the variables named must fail.
# It is not in infra/tests/ because test_terraform.py runs it on the variables alone: without the
# providers, which start anew for each run, it takes seconds.

variables {
  project_id = "acme-chat"
}

run "wrong_forms" {
  command = plan

  variables {
    domain                 = "https://chat.example.com/"
    firestore_database     = "No"
    firestore_location     = "mars"
    further_origins        = ["https://www.example.com", "https://www.example.com/chat"]
    gemini_api_key         = "with a space"
    gemini_api_key_edition = 0
    hierarchy              = "best"
    log_level              = "info"
    name                   = "a-name-too-long"
    project_id             = "My Project"
    region                 = "us-central1-a"
    requests_per_minute    = { chat = 0 }
    chat                   = { concurrency = 0 }
    check_availability     = { concurrency = 1001 }
  }

  expect_failures = [
    var.domain, var.firestore_database, var.firestore_location, var.further_origins, var.gemini_api_key,
    var.gemini_api_key_edition, var.hierarchy, var.log_level, var.name,
    var.project_id, var.region, var.requests_per_minute, var.chat, var.check_availability,
  ]
}

run "wrong_branding" {
  command = plan

  variables {
    branding = {
      name     = "two\nlines"
      language = "no language"
      accent   = "red"
      logo     = "no-such-file.png"
      starters = [" "]
      links    = { privacy = "javascript:alert(1)" }
    }
    embed_origins = ["https://www.example.com/"]
  }

  expect_failures = [var.branding, var.embed_origins]
}

run "a_name_that_reads_as_another" {
  command = plan

  variables {
    branding = { name = "Acme\u202Emoc.elpmaxe" }
  }

  expect_failures = [var.branding]
}

run "a_name_that_nobody_sees" {
  command = plan

  variables {
    branding = { name = "\u200B\u3164" }
  }

  expect_failures = [var.branding]
}

run "wrong_numbers" {
  command = plan

  variables {
    chat                   = { max_instances = 0 }
    check_availability     = { max_instances = 2.5 }
    further_key_versions   = { GEMINI_API_KEY_SECOND = 0 }
    gemini_api_key_version = 1.5
    signing_secret_version = 0
    requests_per_minute    = { check_availability = 1.5 }
  }

  expect_failures = [
    var.chat, var.check_availability, var.further_key_versions, var.gemini_api_key_version, var.requests_per_minute,
    var.signing_secret_version,
  ]
}

run "numbers_that_do_not_fit_each_other" {
  command = plan

  variables {
    chat                   = { min_instances = 21 }
    check_availability     = { min_instances = -1 }
    gemini_api_key         = "made-up-key"
    gemini_api_key_edition = 1
    gemini_api_key_version = 1
  }

  expect_failures = [var.chat, var.check_availability, var.gemini_api_key_version]
}

run "wrong_timeouts_and_a_page_that_is_not_built" {
  command = plan

  variables {
    chat               = { timeout_seconds = 3601 }
    check_availability = { timeout_seconds = 0 }
    web_dist           = "no/such/folder"
  }

  expect_failures = [var.chat, var.check_availability, var.web_dist]
}

# Each sentence has its own wrong value in tests/infra/test_operations.py.
run "wrong_values_of_operations" {
  command = plan

  variables {
    alert_email = "operator"
    objectives  = { answered_percent = 0 }
    budget      = { billing_account = "Mine", amount = 50 }
  }

  expect_failures = [var.alert_email, var.objectives, var.budget]
}

run "a_token_in_the_address_is_refused" {
  command = plan
  variables {
    pipeline = { connection = "github", environment = "staging", repository = "https://someone:token@github.com/acme/nexus.git" }
  }
  expect_failures = [var.pipeline]
}

run "a_repository_without_git_is_refused" {
  command = plan
  variables {
    pipeline = { connection = "github", environment = "staging", repository = "https://github.com/acme/nexus" }
  }
  expect_failures = [var.pipeline]
}

run "an_unknown_environment_is_refused" {
  command = plan
  variables {
    pipeline = { connection = "github", environment = "moon", repository = "https://github.com/acme/nexus.git" }
  }
  expect_failures = [var.pipeline]
}

run "a_pattern_for_a_branch_is_refused" {
  command = plan
  variables {
    pipeline = { branch = ".*", connection = "github", environment = "staging", repository = "https://github.com/acme/nexus.git" }
  }
  expect_failures = [var.pipeline]
}

run "a_path_for_a_connection_is_refused" {
  command = plan
  variables {
    pipeline = { connection = "projects/p/connections/github", environment = "staging", repository = "https://github.com/acme/nexus.git" }
  }
  expect_failures = [var.pipeline]
}

run "an_address_for_a_bucket_is_refused" {
  command = plan
  variables {
    pipeline = { connection = "github", environment = "staging", repository = "https://github.com/acme/nexus.git", state_bucket = "gs://acme-states" }
  }
  expect_failures = [var.pipeline]
}
