# The status object beside the page, and the status page: the chat writes them when a window changes,
# and everybody reads them.

locals {
  status_object = "status.json"

  # nexus/status/bootstrap.py derives the other names from the first, and writes the same headers.
  status_pages = {
    "status-days.json" = { content_type = "application/json", max_age = 30 }
    "status.html"      = { content_type = "text/html; charset=utf-8", max_age = 30 }
    "status.atom"      = { content_type = "application/atom+xml; charset=utf-8", max_age = 300 }
  }
  status_names = concat([local.status_object], keys(local.status_pages))
}

resource "google_storage_bucket_object" "status" {
  name          = local.status_object
  bucket        = google_storage_bucket.web.name
  content       = file("${path.module}/initial_status/${local.status_object}")
  content_type  = "application/json"
  cache_control = "public, max-age=1"

  # From the first change on it is the chat's.
  lifecycle {
    ignore_changes = all
  }
}

# Whoever may not list a bucket gets a 403 for an object that is not there, so each is there.
resource "google_storage_bucket_object" "status_page" {
  for_each = local.status_pages

  name          = each.key
  bucket        = google_storage_bucket.web.name
  content       = file("${path.module}/initial_status/${each.key}")
  content_type  = each.value.content_type
  cache_control = "public, max-age=${each.value.max_age}"

  lifecycle {
    ignore_changes = all
  }
}

# Lets the chat read and replace these objects and no others; to replace is to create and to delete.
resource "google_storage_bucket_iam_member" "chat_writes_status" {
  bucket = google_storage_bucket.web.name
  role   = "roles/storage.objectUser"
  member = google_service_account.chat.member

  condition {
    title = "Only the status object and its pages"
    expression = join(" || ", [
      for name in local.status_names :
      "resource.name == \"projects/_/buckets/${local.web_bucket}/objects/${name}\""
    ])
  }
}
