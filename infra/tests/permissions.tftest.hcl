# Who may do what: the whole list. A role that is granted elsewhere has a line of its own in a test.

mock_provider "google" {
  override_during = plan
}
mock_provider "archive" {}

variables {
  project_id = "acme-chat"
}

override_resource {
  target          = google_service_account.chat
  override_during = plan
  values          = { member = "chat" }
}
override_resource {
  target          = google_service_account.check_availability
  override_during = plan
  values          = { member = "check_availability" }
}
override_resource {
  target          = google_service_account.build
  override_during = plan
  values          = { member = "build" }
}

run "each_has_what_it_needs" {
  command = plan

  assert {
    condition = toset([
      for binding in [
        google_project_iam_member.chat_state,
        google_project_iam_member.check_availability_state,
        google_project_iam_member.build_logs,
        google_project_iam_member.build_source,
        google_artifact_registry_repository_iam_member.build_images,
        google_secret_manager_secret_iam_member.chat_reads_key,
        google_secret_manager_secret_iam_member.chat_reads_signing_secret,
        google_cloud_run_v2_service_iam_member.chat_public[0],
        google_cloud_run_v2_service_iam_member.check_availability_public[0],
        google_storage_bucket_iam_member.web_public[0],
        google_storage_bucket_iam_member.chat_writes_status,
      ] : "${binding.member}: ${binding.role}"
      ]) == toset([
      "chat: roles/datastore.user",
      "chat: roles/secretmanager.secretAccessor",
      "chat: roles/storage.objectUser",
      "check_availability: roles/datastore.viewer",
      "build: roles/logging.logWriter",
      "build: roles/storage.objectViewer",
      "build: roles/artifactregistry.writer",
      "allUsers: roles/run.invoker",
      "allUsers: roles/storage.legacyObjectReader",
    ])
    error_message = "A role has changed: write down what needs it, here and beside it."
  }
  assert {
    condition = alltrue([
      for binding in [google_project_iam_member.chat_state, google_project_iam_member.check_availability_state] :
      binding.condition[0].expression == "resource.name == \"projects/acme-chat/databases/(default)\""
    ])
    error_message = "Both functions reach one database only."
  }
  assert {
    condition = toset(split(" || ", google_storage_bucket_iam_member.chat_writes_status.condition[0].expression)) == toset([
      for name in ["status.json", "status-days.json", "status.html", "status.atom"] :
      "resource.name == \"projects/_/buckets/acme-chat-nexus-web/objects/${name}\""
    ])
    error_message = "The chat writes these objects beside the page, and no others."
  }
  assert {
    condition = (
      google_cloudfunctions2_function.chat.service_config[0].environment_variables.NEXUS_STATUS_OBJECT == "gs://acme-chat-nexus-web/status.json" &&
      !contains(keys(google_cloudfunctions2_function.check_availability.service_config[0].environment_variables), "NEXUS_STATUS_OBJECT")
    )
    error_message = "The chat must know where the status object is; check-availability changes no window."
  }
  assert {
    condition     = strcontains(google_project_iam_member.build_source.condition[0].expression, "gcf-v2-sources-")
    error_message = "A build reads the source of functions only, and never the Terraform state."
  }
  assert {
    condition     = length(google_secret_manager_secret_iam_member.chat_reads_further_key) == 0
    error_message = "There are no further keys without further targets in nexus.toml."
  }
  assert {
    condition     = length(google_project_iam_member.chat_asks_vertex) == 0 && !contains(keys(google_project_service.enabled), "aiplatform.googleapis.com")
    error_message = "Nothing of Vertex AI without such a target in nexus.toml."
  }
  assert {
    condition     = length(distinct([google_service_account.chat.account_id, google_service_account.check_availability.account_id, google_service_account.build.account_id])) == 3
    error_message = "Each has an identity of its own."
  }
}
