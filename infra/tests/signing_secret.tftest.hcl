# The signing secret: Terraform writes the first one and keeps it nowhere; a rotated one is named.

mock_provider "google" {
  source = "./tests/mocks"
}
mock_provider "archive" {}

variables {
  project_id     = "acme-chat"
  gemini_api_key = "made-up-key" # Terraform wants an ephemeral variable in the plan and the apply alike.
}

override_resource {
  target = google_cloudfunctions2_function.chat
  values = { service_config = { uri = "https://nexus-chat-1.a.run.app" } }
}
override_resource {
  target = google_cloudfunctions2_function.check_availability
  values = { service_config = { uri = "https://nexus-check-2.a.run.app" } }
}

run "the_first_one" {
  command = apply

  assert {
    condition     = google_secret_manager_secret.signing_secret.secret_id == "nexus-signing-secret"
    error_message = "It is a secret of its own."
  }
  assert {
    condition     = google_secret_manager_secret_version.signing_secret.secret_data_wo == null && google_secret_manager_secret_version.signing_secret.secret_data == null
    error_message = "The state must not hold it."
  }
  assert {
    condition     = [for variable in google_cloudfunctions2_function.chat.service_config[0].secret_environment_variables : "${variable.key} ${variable.secret} ${variable.version}"] == ["NEXUS_SIGNING_SECRET nexus-signing-secret 7"]
    error_message = "The chat reads the version that was written, by its number."
  }
  assert {
    condition     = length(google_cloudfunctions2_function.check_availability.service_config[0].secret_environment_variables) == 0
    error_message = "check_availability signs nothing."
  }
}

run "a_rotated_one" {
  command = apply

  variables {
    signing_secret_version = 8
  }

  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].secret_environment_variables[0].version == "8"
    error_message = "The chat reads the version that a person has added."
  }
}
