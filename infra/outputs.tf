# What a person or the pipeline needs next. None of it is secret.

output "availability_url" {
  description = "Where check-availability answers."
  value       = local.availability_url
}

output "chat_url" {
  description = "Where the chat answers."
  value       = local.chat_url
}

output "dns_records" {
  description = "Records that the domain needs before its certificate can be issued; empty without one."
  value       = local.dns_records
}

output "firestore_database" {
  description = "Name of the database."
  value       = google_firestore_database.state.name
}

output "functions" {
  description = "Names of the functions, which are those of their Cloud Run services, by entry point."
  value = {
    chat               = google_cloudfunctions2_function.chat.name
    check_availability = google_cloudfunctions2_function.check_availability.name
  }
}

output "gemini_api_key_secret" {
  description = "Name of the secret that holds the key of Gemini."
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
  description = "The bundle that is deployed: its name carries the hash of its files."
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
  description = "Where the page is."
  value       = local.web_url
}
