# Without a domain: the page from its bucket, the functions from their own addresses.

mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}
mock_provider "archive" {}

variables {
  project_id         = "acme-chat"
  chat               = { concurrency = 16 }
  check_availability = { concurrency = 100 }
}

override_resource {
  target          = google_cloudfunctions2_function.chat
  override_during = plan
  values          = { service_config = { uri = "https://nexus-chat-1.a.run.app" } }
}
override_resource {
  target          = google_cloudfunctions2_function.check_availability
  override_during = plan
  values          = { service_config = { uri = "https://nexus-check-2.a.run.app" } }
}

run "by_default" {
  command = plan

  # The page and the functions know each other.

  assert {
    condition     = output.web_url == "https://acme-chat-nexus-web.storage.googleapis.com/index.html"
    error_message = "The page must have an origin of its own: ${output.web_url}"
  }
  assert {
    condition     = output.chat_url == "https://nexus-chat-1.a.run.app/v1/chat/completions"
    error_message = "Wrong address of the chat: ${output.chat_url}"
  }
  assert {
    condition = jsondecode(google_storage_bucket_object.entry["config.json"].content) == {
      chatUrl         = output.chat_url
      availabilityUrl = output.availability_url
      deviceAnswers   = true
      feedback        = false
    }
    error_message = "The page must learn where the functions are."
  }
  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.chat.service_config[0].environment_variables), "NEXUS_FEEDBACK")
    error_message = "Nobody has switched ratings on."
  }
  assert {
    condition = strcontains(
      google_storage_bucket_object.entry["index.html"].content,
      "connect-src 'self' https://nexus-chat-1.a.run.app https://nexus-check-2.a.run.app;",
    )
    error_message = "The page's policy must let it reach both functions, and nothing else."
  }
  assert {
    condition = alltrue([
      for function in [google_cloudfunctions2_function.chat, google_cloudfunctions2_function.check_availability] :
      function.service_config[0].environment_variables.NEXUS_ALLOWED_ORIGINS == output.web_origin
    ])
    error_message = "Both functions must allow the page's origin, and only that."
  }
  assert {
    condition     = length(google_compute_global_address.front) == 0 && length(google_compute_security_policy.armor) == 0
    error_message = "Without a domain there is no load balancer to pay for."
  }

  # The headers of the page.

  assert {
    condition = alltrue([
      for object in google_storage_bucket_object.entry : object.cache_control == "no-cache"
    ])
    error_message = "Files that keep their names must be asked for each time."
  }
  assert {
    condition = alltrue([
      for object in google_storage_bucket_object.asset :
      object.cache_control == "public, max-age=31536000, immutable"
    ])
    error_message = "Assets have a hash in their names and may be kept for ever."
  }
  assert {
    condition = alltrue([
      for path, object in merge(google_storage_bucket_object.asset, google_storage_bucket_object.entry) :
      strcontains(object.content_type, "charset=utf-8") if can(regex("[.](html|js|css|svg)$", path))
    ])
    error_message = "Texts must say their charset."
  }

  assert {
    condition = alltrue([
      for path, object in google_storage_bucket_object.asset :
      object.source == "./../web/dist/${path}${can(regex("[.](png|woff2)$", path)) ? "" : ".gz"}" &&
      (object.content_encoding == "gzip") == endswith(object.source, ".gz")
    ])
    error_message = "Texts must be uploaded compressed, and the plan be the same on each machine: no path of its own."
  }

  # The functions. Without a version of the key, the chat starts without it.

  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].secret_environment_variables[*].key == tolist(["NEXUS_SIGNING_SECRET"]) && length(google_secret_manager_secret_version.gemini_api_key) == 0
    error_message = "Nothing may refer to a version that is not there."
  }
  assert {
    condition = alltrue([
      for function in [google_cloudfunctions2_function.chat, google_cloudfunctions2_function.check_availability] :
      function.service_config[0].environment_variables.THREADS == tostring(function.service_config[0].max_instance_request_concurrency)
    ])
    error_message = "Each request that is admitted must have a thread."
  }
  assert {
    condition = (
      google_cloudfunctions2_function.chat.service_config[0].environment_variables.THREADS == "16" &&
      google_cloudfunctions2_function.check_availability.service_config[0].environment_variables.THREADS == "100"
    )
    error_message = "The variables must reach the functions."
  }
  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].timeout_seconds >= local.deadline_seconds + 10
    error_message = "Google must not cut off what Nexus would still end."
  }
  assert {
    condition = alltrue([
      for function in [google_cloudfunctions2_function.chat, google_cloudfunctions2_function.check_availability] :
      function.build_config[0].runtime == "python313" &&
      function.service_config[0].available_cpu == "1" &&
      function.service_config[0].max_instance_count <= 20 &&
      function.service_config[0].ingress_settings == "ALLOW_ALL"
    ])
    error_message = "Both run on Python 3.13 with one CPU, within limits, and can be reached."
  }
  assert {
    condition = (
      google_cloudfunctions2_function.chat.build_config[0].entry_point == "chat" &&
      google_cloudfunctions2_function.check_availability.build_config[0].entry_point == "check_availability"
    )
    error_message = "Two entry points of one bundle."
  }
  assert {
    condition     = google_storage_bucket_object.source.name == "functions-${module.bundle.hash}.zip"
    error_message = "A function is deployed anew only when the object's name changes."
  }

  # The state.

  assert {
    condition     = google_firestore_database.state.name == "(default)" && google_firestore_database.state.location_id == "us-central1"
    error_message = "The database is the default one, in the region of the functions."
  }
  assert {
    condition     = google_firestore_database.state.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "The database is protected unless somebody says otherwise."
  }
  assert {
    condition     = alltrue([for field in google_firestore_field.expires_at : length(field.ttl_config) == 1]) && length(google_firestore_field.expires_at) > 0
    error_message = "Documents that age must be deleted."
  }
  assert {
    condition     = strcontains(google_firebaserules_ruleset.deny_clients.source[0].files[0].content, "allow read, write: if false;")
    error_message = "No client may touch the database."
  }
  assert {
    condition     = google_firebaserules_release.firestore.name == "cloud.firestore"
    error_message = "The rules must be released for this database."
  }

  # The pipeline.

  assert {
    condition     = length(google_cloudbuild_trigger.deploy) + length(google_cloudbuildv2_repository.nexus) + length(google_service_account.pipeline) == 0
    error_message = "Without `pipeline` there must be no trigger and no identity for it."
  }
  assert {
    condition     = length(google_project_iam_member.pipeline) + length(google_cloudbuildv2_connection_iam_member.pipeline_fetches) + length(google_storage_bucket_iam_member.pipeline) + length(google_storage_bucket_iam_member.pipeline_state) + length(google_service_account_iam_member.pipeline_acts_as) == 0
    error_message = "Without `pipeline` nobody must get a role for it."
  }
}

run "with_other_values" {
  command = plan

  variables {
    name               = "staging"
    firestore_database = "nexus-staging"
    firestore_location = "eur3"
    region             = "europe-west1"
    further_origins    = ["https://b.example", "https://a.example"]

    gemini_api_key_version = 3
    signing_secret_version = 8

    public              = false
    deletion_protection = false
  }

  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].secret_environment_variables[*].version == tolist(["8", "3"])
    error_message = "The chat reads the versions of signing secret and key that a person has added."
  }
  assert {
    condition     = length(google_secret_manager_secret_version.gemini_api_key) == 0
    error_message = "Terraform then writes none."
  }
  assert {
    condition     = google_firestore_database.state.location_id == "eur3"
    error_message = "The location is the one that was asked for."
  }
  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].environment_variables.NEXUS_STATE == "firestore:nexus-staging"
    error_message = "The functions must use the database that was made."
  }
  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].environment_variables.NEXUS_ALLOWED_ORIGINS == "${output.web_origin},https://a.example,https://b.example"
    error_message = "Further origins come after the page's own."
  }
  assert {
    condition     = google_firebaserules_release.firestore.name == "cloud.firestore/nexus-staging"
    error_message = "The rules must be released for this database."
  }
  assert {
    condition     = google_project_iam_member.chat_state.condition[0].expression == "resource.name == \"projects/acme-chat/databases/nexus-staging\""
    error_message = "The role must be for this database."
  }

  # Where a policy forbids that anybody may call it, and nothing is protected.

  assert {
    condition = (
      length(google_cloud_run_v2_service_iam_member.chat_public) == 0 &&
      length(google_cloud_run_v2_service_iam_member.check_availability_public) == 0 &&
      length(google_storage_bucket_iam_member.web_public) == 0
    )
    error_message = "Where a policy forbids it, no binding may name allUsers."
  }
  assert {
    condition     = google_storage_bucket.web.public_access_prevention == "enforced"
    error_message = "The bucket must then be closed for good."
  }
  assert {
    condition = (
      google_firestore_database.state.delete_protection_state == "DELETE_PROTECTION_DISABLED" &&
      google_storage_bucket.web.force_destroy && google_storage_bucket.source.force_destroy
    )
    error_message = "Without protection, everything must be deletable."
  }
}

run "an_operators_own" {
  command = plan

  variables {
    branding = {
      name     = "Acme & \"Sons\" <b> $1"
      tagline  = "Ask us anything."
      accent   = "#b3261e"
      logo     = "tests/logo.svg"
      starters = ["Where is my parcel?"]
      links    = { privacy = "https://acme.example/privacy" }
    }
    embed_origins = ["https://www.acme.example", "https://acme.example"]
  }

  assert {
    condition = jsondecode(google_storage_bucket_object.entry["config.json"].content) == {
      chatUrl         = output.chat_url
      availabilityUrl = output.availability_url
      deviceAnswers   = true
      feedback        = false
      name            = "Acme & \"Sons\" <b> $1"
      tagline         = "Ask us anything."
      accent          = "#b3261e"
      logo            = "logo.svg"
      starters        = ["Where is my parcel?"]
      links           = { privacy = "https://acme.example/privacy" }
      embedOrigins    = ["https://acme.example", "https://www.acme.example"]
    }
    error_message = "The page must read what was set, and nothing else: ${google_storage_bucket_object.entry["config.json"].content}"
  }
  assert {
    condition = alltrue([
      for words in [
        "<title>Acme &amp; &quot;Sons&quot; &lt;b> $1</title>",
        "<meta property=\"og:title\" content=\"Acme &amp; &quot;Sons&quot; &lt;b> $1\">",
        "<meta name=\"description\" content=\"Ask us anything.\">",
        "<meta property=\"og:description\" content=\"Ask us anything.\">",
        "connect-src 'self' https://nexus-chat-1.a.run.app",
      ] : strcontains(google_storage_bucket_object.entry["index.html"].content, words)
    ])
    error_message = "A page that no script has run on must have the operator's title and description."
  }
  assert {
    condition     = jsondecode(google_storage_bucket_object.entry["manifest.webmanifest"].content).short_name == "Acme & \"Sons\" <b> $1"
    error_message = "The installed page must have the operator's name."
  }
  assert {
    condition     = google_storage_bucket_object.logo[0].name == "logo.svg" && google_storage_bucket_object.logo[0].content_type == "image/svg+xml; charset=utf-8"
    error_message = "The logo must be beside the page."
  }
}

# What the deadline in functions/nexus.toml does not allow.
run "a_timeout_below_the_deadline_of_the_cascade" {
  command = plan

  variables {
    chat = { timeout_seconds = 60 }
  }

  expect_failures = [google_cloudfunctions2_function.chat]
}
