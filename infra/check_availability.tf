# The check-availability function and its identity. It has no key.

resource "google_service_account" "check_availability" {
  account_id   = "${var.name}-check-availability"
  display_name = "Nexus: the function check_availability"

  depends_on = [google_project_service.enabled]
}

resource "google_cloudfunctions2_function" "check_availability" {
  #checkov:skip=CKV_GCP_124:without a domain the function is the public address; with one, ingress is through the balancer only
  name        = "${var.name}-check-availability"
  description = "Says whether a chat would be answered now."
  location    = var.region

  build_config {
    runtime           = "python313"
    entry_point       = "check_availability"
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.functions.id

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.source.name
      }
    }
    automatic_update_policy {}
  }

  service_config {
    service_account_email            = google_service_account.check_availability.email
    available_cpu                    = local.cpu
    available_memory                 = local.memory
    max_instance_request_concurrency = var.check_availability.concurrency
    min_instance_count               = var.check_availability.min_instances
    max_instance_count               = var.check_availability.max_instances
    timeout_seconds                  = var.check_availability.timeout_seconds
    ingress_settings                 = local.ingress
    all_traffic_on_latest_revision   = true

    environment_variables = merge(local.environment, { THREADS = tostring(var.check_availability.concurrency) })
  }

  depends_on = [
    google_project_iam_member.build_logs,
    google_project_iam_member.build_source,
    google_artifact_registry_repository_iam_member.build_images,
  ]
}

# Lets it read exhaustion windows, in this database only.
resource "google_project_iam_member" "check_availability_state" {
  project = var.project_id
  role    = "roles/datastore.viewer"
  member  = google_service_account.check_availability.member

  condition {
    title      = "Only the database of Nexus"
    expression = local.only_this_database
  }
}

# Lets everybody call it, as every visitor's page does.
resource "google_cloud_run_v2_service_iam_member" "check_availability_public" {
  count = var.public ? 1 : 0

  name     = google_cloudfunctions2_function.check_availability.name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"

  # A function that is replaced loses its bindings.
  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.check_availability.id]
  }
}
