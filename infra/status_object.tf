# The status object beside the page: the chat writes it when a window changes, and everybody reads it.

locals {
  status_object = "status.json"
}

resource "google_storage_bucket_object" "status" {
  name          = local.status_object
  bucket        = google_storage_bucket.web.name
  content       = file("${path.module}/initial_status.json")
  content_type  = "application/json"
  cache_control = "public, max-age=1"

  # From the first change on it is the chat's.
  lifecycle {
    ignore_changes = all
  }
}

# Lets the chat read and replace this one object; to replace is to create and to delete.
resource "google_storage_bucket_iam_member" "chat_writes_status" {
  bucket = google_storage_bucket.web.name
  role   = "roles/storage.objectUser"
  member = google_service_account.chat.member

  condition {
    title      = "Only the status object"
    expression = "resource.name == \"projects/_/buckets/${local.web_bucket}/objects/${local.status_object}\""
  }
}
