# What the log metrics, the dashboard and the alerts need to know of the rest. Their own files hold
# plain data beside their resources, so that a test can evaluate it without a provider.

locals {
  # Cloud Run names a function's service after the function; it is `service_name` in log and metrics.
  service_names = {
    chat               = google_cloudfunctions2_function.chat.name
    check_availability = google_cloudfunctions2_function.check_availability.name
  }

  # Where the outside reaches each function.
  hosts = local.has_domain ? { chat = var.domain, check_availability = var.domain } : {
    chat               = trimprefix(google_cloudfunctions2_function.chat.service_config[0].uri, "https://")
    check_availability = trimprefix(google_cloudfunctions2_function.check_availability.service_config[0].uri, "https://")
  }

  database = google_firestore_database.state.name
}
