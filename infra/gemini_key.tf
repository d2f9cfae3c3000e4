# The key of the Gemini Developer API, and its one reader.
#
# It never enters the state: either Terraform writes `gemini_api_key` when `gemini_api_key_edition`
# is raised, or `make deploy` adds a version with `gcloud secrets versions add`, which
# `gemini_api_key_version` names. Until then the functions start without it, and the chat says that it is
# unavailable.

locals {
  is_key_written     = var.gemini_api_key_edition != null
  has_gemini_api_key = local.needs_gemini_api_key && (local.is_key_written || var.gemini_api_key_version != null)

  # A number, never `latest`: the plan then shows which key is used, and a rollout changes it.
  gemini_api_key_version = local.is_key_written ? one(google_secret_manager_secret_version.gemini_api_key[*].version) : tostring(var.gemini_api_key_version)
}

resource "google_secret_manager_secret" "gemini_api_key" {
  secret_id = "${var.name}-gemini-api-key"

  replication {
    auto {}
  }

  depends_on = [google_project_service.enabled]
}

resource "google_secret_manager_secret_version" "gemini_api_key" {
  count = local.is_key_written ? 1 : 0

  secret                 = google_secret_manager_secret.gemini_api_key.id
  secret_data_wo         = var.gemini_api_key
  secret_data_wo_version = tostring(var.gemini_api_key_edition)

  # The chat switches to the new key before the old one is disabled, which can be undone.
  deletion_policy = "DISABLE"
  lifecycle {
    create_before_destroy = true
  }
}

# Lets the chat, and nobody else, read the key.
resource "google_secret_manager_secret_iam_member" "chat_reads_key" {
  secret_id = google_secret_manager_secret.gemini_api_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.chat.member
}
