# The keys of further targets in functions/nexus.toml, each in a secret of its own. Like the first one
# they never enter the state: `make deploy` asks for them, and a person may add versions later.

locals {
  further_keys = { for variable in local.further_variables : variable => lower(replace(variable, "_", "-")) }
}

resource "google_secret_manager_secret" "further_key" {
  for_each = local.further_keys

  secret_id = "${var.name}-${each.value}"

  replication {
    auto {}
  }

  depends_on = [google_project_service.enabled]
}

# Lets the chat, and nobody else, read them.
resource "google_secret_manager_secret_iam_member" "chat_reads_further_key" {
  for_each = local.further_keys

  secret_id = google_secret_manager_secret.further_key[each.key].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.chat.member
}
