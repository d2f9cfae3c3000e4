# The secrets that Terraform writes, the Gemini key and the first signing secret: the chat reads them by
# their numbers, and nothing keeps them. Without a key, and with secrets that a person has added:
# bucket_only.tftest.hcl.

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

run "secrets_that_terraform_writes" {
  command = apply

  variables {
    gemini_api_key_edition = 1
  }

  assert {
    condition = { for secret in google_cloudfunctions2_function.chat.service_config[0].secret_environment_variables : secret.key => "${secret.secret} ${secret.version}" } == {
      NEXUS_SIGNING_SECRET = "nexus-signing-secret 7"
      GEMINI_API_KEY       = "nexus-gemini-api-key 7"
    }
    error_message = "The chat must read each from a secret of its own, in the version that was written, by its number."
  }
  assert {
    condition     = length(google_cloudfunctions2_function.check_availability.service_config[0].secret_environment_variables) == 0
    error_message = "check_availability needs no key and signs nothing."
  }
  assert {
    condition     = google_secret_manager_secret_version.gemini_api_key[0].secret_data_wo == null && google_secret_manager_secret_version.gemini_api_key[0].secret_data == null
    error_message = "The state must not hold the key."
  }
  assert {
    condition     = google_secret_manager_secret_version.signing_secret.secret_data_wo == null && google_secret_manager_secret_version.signing_secret.secret_data == null
    error_message = "The state must not hold the signing secret."
  }
  assert {
    condition     = !strcontains(jsonencode([output.web_url, output.chat_url, output.functions, output.gemini_api_key_secret, output.source_object]), "made-up-key")
    error_message = "No output may show the key."
  }
}
