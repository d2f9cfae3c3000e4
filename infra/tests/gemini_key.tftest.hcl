# A key that Terraform writes: the chat reads it by its number, and nothing keeps it. Without one, and
# with one that a person has added: bucket_only.tftest.hcl.

mock_provider "google" {
  source = "./tests/mocks"
}
mock_provider "archive" {}

variables {
  project_id     = "acme-chat"
  gemini_api_key = "made-up-key-that-no-state-may-hold"
}

override_resource {
  target = google_cloudfunctions2_function.chat
  values = { service_config = { uri = "https://nexus-chat-1.a.run.app" } }
}
override_resource {
  target = google_cloudfunctions2_function.check_availability
  values = { service_config = { uri = "https://nexus-check-2.a.run.app" } }
}

run "a_key_that_terraform_writes" {
  command = apply

  variables {
    gemini_api_key_edition = 1
  }

  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].secret_environment_variables[1].version == "7"
    error_message = "The chat reads the version that was written, by its number."
  }
  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].secret_environment_variables[1].key == "GEMINI_API_KEY"
    error_message = "The function knows it by this name."
  }
  assert {
    condition     = length(google_cloudfunctions2_function.check_availability.service_config[0].secret_environment_variables) == 0
    error_message = "check_availability needs no key."
  }
  assert {
    condition     = google_secret_manager_secret_version.gemini_api_key[0].secret_data_wo == null && google_secret_manager_secret_version.gemini_api_key[0].secret_data == null
    error_message = "The state must not hold the key."
  }
  assert {
    condition     = !strcontains(jsonencode([output.web_url, output.chat_url, output.functions, output.gemini_api_key_secret, output.source_object]), "made-up-key")
    error_message = "No output may show the key."
  }
}
