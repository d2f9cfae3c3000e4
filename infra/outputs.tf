# What a person or the pipeline needs next. None of it is secret.

output "alert_email" {
  description = "Address for alerts, which `make deploy` keeps."
  value       = var.alert_email
}

output "availability_url" {
  description = "URL of check-availability."
  value       = local.availability_url
}

output "chat_url" {
  description = "URL of the chat."
  value       = local.chat_url
}

output "dashboard_url" {
  description = "The dashboard in the console."
  value       = "https://console.cloud.google.com/monitoring/dashboards/builder/${basename(google_monitoring_dashboard.nexus.id)}?project=${var.project_id}"
}

output "dns_records" {
  description = "DNS records that the certificate needs; empty without a domain."
  value       = local.dns_records
}

output "firestore_database" {
  description = "Name of the database."
  value       = google_firestore_database.state.name
}

output "functions" {
  description = "Names of the functions and their Cloud Run services, by entry point."
  value = {
    chat               = google_cloudfunctions2_function.chat.name
    check_availability = google_cloudfunctions2_function.check_availability.name
  }
}

output "gemini_api_key_secret" {
  description = "Name of the secret that holds the Gemini key."
  value       = google_secret_manager_secret.gemini_api_key.secret_id
}

output "openai_base_url" {
  description = "The base_url for clients of the OpenAI API."
  value       = local.openai_base_url
}

output "source_bucket" {
  description = "Bucket of the functions' source."
  value       = google_storage_bucket.source.name
}

output "source_object" {
  description = "Name of the deployed bundle, with the hash of its files."
  value       = google_storage_bucket_object.source.name
}

output "web_bucket" {
  description = "Bucket of the page."
  value       = google_storage_bucket.web.name
}

output "web_origin" {
  description = "Origin of the page, which the functions allow."
  value       = local.web_origin
}

output "web_url" {
  description = "URL of the page."
  value       = local.web_url
}
