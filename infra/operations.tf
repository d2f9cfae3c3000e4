# What the log metrics, the dashboard and the alerts need to know of the rest. Their own files hold
# plain data beside it, so that a test can evaluate them without a provider.

locals {
  # A function's Cloud Run service, and so `service_name` in its logs, has the function's name.
  services = {
    chat               = google_cloudfunctions2_function.chat.name
    check_availability = google_cloudfunctions2_function.check_availability.name
  }

  database = google_firestore_database.state.name

  # Where the outside reaches each function.
  hosts = var.domain == null ? {
    chat               = trimprefix(google_cloudfunctions2_function.chat.service_config[0].uri, "https://")
    check_availability = trimprefix(google_cloudfunctions2_function.check_availability.service_config[0].uri, "https://")
  } : { chat = var.domain, check_availability = var.domain }
}

# Logging and Monitoring themselves, and the budget's API where there is a budget. They stay enabled
# after a destroy: other things in the project may use them.
resource "google_project_service" "operations" {
  for_each = toset(concat(
    ["logging.googleapis.com", "monitoring.googleapis.com"],
    var.budget == null ? [] : ["billingbudgets.googleapis.com"],
  ))

  project            = var.project_id
  service            = each.value
  disable_on_destroy = false
}
