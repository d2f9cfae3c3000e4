# What Google would answer, as far as other resources are made of it.

mock_resource "google_service_account" {
  defaults = {
    id     = "projects/acme-chat/serviceAccounts/someone@acme-chat.iam.gserviceaccount.com"
    email  = "someone@acme-chat.iam.gserviceaccount.com"
    member = "serviceAccount:someone@acme-chat.iam.gserviceaccount.com"
  }
}

mock_resource "google_secret_manager_secret_version" {
  defaults = { version = "7" }
}

mock_resource "google_compute_global_address" {
  defaults = { address = "203.0.113.7" }
}
