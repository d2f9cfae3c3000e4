# State that all instances share, and that no client may touch.

locals {
  # Collections whose documents expire, all by the timestamp `expires_at`.
  collections_that_age = toset(["demand", "exhaustion_windows", "learned_limits", "revoked_codes", "visitors", "waiting_room", "waiting_tickets"])

  is_default_database = var.firestore_database == "(default)"
  state               = local.is_default_database ? "firestore" : "firestore:${var.firestore_database}"

  only_this_database = "resource.name == \"projects/${var.project_id}/databases/${var.firestore_database}\""
}

resource "google_firestore_database" "state" {
  name        = var.firestore_database
  location_id = coalesce(var.firestore_location, var.region)
  type        = "FIRESTORE_NATIVE"

  # As in the emulator that the tests run on.
  concurrency_mode = "PESSIMISTIC"
  # Everything in it expires within days.
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_DISABLED"

  # A protected database makes `terraform destroy` fail. Abandoning it silently would make the next
  # apply fail instead, because its name is taken.
  delete_protection_state = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy         = "DELETE"

  depends_on = [google_project_service.enabled]
}

resource "google_firestore_field" "expires_at" {
  for_each = local.collections_that_age

  database   = google_firestore_database.state.name
  collection = each.key
  field      = "expires_at"

  ttl_config {}
  # No query uses it, and an index on growing timestamps would concentrate all writes.
  index_config {}
}

# No query uses them, and an index would double each write, or write each number once more.
resource "google_firestore_field" "without_index" {
  for_each = { meter = "learned_limits", usages = "visitors", counts = "demand", ends = "demand", outlook = "demand", line = "waiting_room" }

  database   = google_firestore_database.state.name
  collection = each.value
  field      = each.key

  index_config {}
}

moved {
  from = google_firestore_field.usages
  to   = google_firestore_field.without_index["usages"]
}

# The functions have their own identities, to which rules do not apply.
resource "google_firebaserules_ruleset" "deny_clients" {
  source {
    files {
      name    = "firestore.rules"
      content = <<-RULES
        rules_version = '2';
        service cloud.firestore {
          match /databases/{database}/documents {
            match /{document=**} {
              allow read, write: if false;
            }
          }
        }
      RULES
    }
  }

  depends_on = [google_firestore_database.state]
}

resource "google_firebaserules_release" "firestore" {
  name         = local.is_default_database ? "cloud.firestore" : "cloud.firestore/${var.firestore_database}"
  ruleset_name = google_firebaserules_ruleset.deny_clients.name

  # A ruleset in force cannot be deleted.
  lifecycle {
    replace_triggered_by = [google_firebaserules_ruleset.deny_clients]
  }
}
