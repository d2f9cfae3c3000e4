# What visitors' ids and access codes are signed with, and its one reader.
#
# Terraform writes the first version itself and stores it nowhere. To rotate it, add a version with
# `gcloud secrets versions add` and name it as `signing_secret_version`; infra/README.md shows how.

locals {
  signing_secret_version = var.signing_secret_version != null ? tostring(var.signing_secret_version) : google_secret_manager_secret_version.signing_secret.version
}

resource "google_secret_manager_secret" "signing_secret" {
  secret_id = "${var.name}-signing-secret"

  replication {
    auto {}
  }

  depends_on = [google_project_service.enabled]
}

resource "google_secret_manager_secret_version" "signing_secret" {
  secret = google_secret_manager_secret.signing_secret.id

  # 244 random bits. A write-only argument is in no plan and no state, and is sent only when the
  # version of the argument changes, which it never does.
  secret_data_wo         = "${uuid()}${uuid()}"
  secret_data_wo_version = "1"

  # After a rotation, running instances may still name it.
  deletion_policy = "DISABLE"
}

# Lets the chat, and nobody else, read the secret.
resource "google_secret_manager_secret_iam_member" "chat_reads_signing_secret" {
  secret_id = google_secret_manager_secret.signing_secret.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.chat.member
}
