# What `make deploy` plans: the variable file and the values beside it come from the command line.
# It is not in infra/tests/ because it needs them; test_environments.py runs it for each environment.

mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}
mock_provider "archive" {}

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
override_resource {
  target          = google_monitoring_dashboard.nexus
  override_during = plan
  values          = { id = "projects/1/dashboards/7f" }
}

run "an_environment" {
  command = plan

  assert {
    condition     = output.alert_email == var.alert_email && google_monitoring_notification_channel.email[0].labels.email_address == var.alert_email
    error_message = "Alerts must go to the address that was given, and the next deployment must find it."
  }
  assert {
    condition     = output.dashboard_url == "https://console.cloud.google.com/monitoring/dashboards/builder/7f?project=acme-chat"
    error_message = "The dashboard must be found by its link: ${output.dashboard_url}"
  }
  assert {
    condition = { for secret in google_cloudfunctions2_function.chat.service_config[0].secret_environment_variables : secret.key => "${secret.secret} ${secret.version}" } == {
      NEXUS_SIGNING_SECRET  = "nexus-signing-secret 7"
      GEMINI_API_KEY        = "nexus-gemini-api-key 1"
      GEMINI_API_KEY_SECOND = "nexus-gemini-api-key-second 1"
    }
    error_message = "The chat must read each key of nexus.toml from a secret of its own."
  }
  assert {
    condition     = keys(google_secret_manager_secret_iam_member.chat_reads_further_key) == ["GEMINI_API_KEY_SECOND"]
    error_message = "The chat must be allowed to read the further keys."
  }
  assert {
    condition     = google_project_iam_member.chat_asks_vertex[0].role == "roles/aiplatform.user" && contains(keys(google_project_service.enabled), "aiplatform.googleapis.com")
    error_message = "The chat must be allowed to ask Vertex AI where a target is there."
  }
}
