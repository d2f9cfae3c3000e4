# What log metrics, dashboard and alerts share. Their files keep plain data beside the resources, so
# that tests can evaluate it without a provider.

locals {
  # Cloud Run's service has the function's name; logs and metrics call it `service_name`.
  service_names = {
    chat               = google_cloudfunctions2_function.chat.name
    check_availability = google_cloudfunctions2_function.check_availability.name
  }

  # The public address of each function.
  hosts = local.has_domain ? { chat = var.domain, check_availability = var.domain } : {
    chat               = trimprefix(google_cloudfunctions2_function.chat.service_config[0].uri, "https://")
    check_availability = trimprefix(google_cloudfunctions2_function.check_availability.service_config[0].uri, "https://")
  }

  database = google_firestore_database.state.name
}
