# The chat function and its identity.

resource "google_service_account" "chat" {
  account_id   = "${var.name}-chat"
  display_name = "Nexus: the function chat"

  depends_on = [google_project_service.enabled]
}

resource "google_cloudfunctions2_function" "chat" {
  #checkov:skip=CKV_GCP_124:without a domain the function is the public address; with one, ingress is through the balancer only
  name        = "${var.name}-chat"
  description = "Answers chats from a hierarchy of Gemini models."
  location    = var.region

  build_config {
    runtime           = "python313"
    entry_point       = "chat"
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
    service_account_email            = google_service_account.chat.email
    available_cpu                    = local.cpu
    available_memory                 = local.memory
    max_instance_request_concurrency = var.chat.concurrency
    min_instance_count               = var.chat.min_instances
    max_instance_count               = var.chat.max_instances
    timeout_seconds                  = var.chat.timeout_seconds
    ingress_settings                 = local.ingress
    all_traffic_on_latest_revision   = true

    # Each open stream holds a thread; with fewer threads, admitted requests would wait.
    # Google's front end adds the caller's address, and a load balancer in front of it adds another:
    # visitors are counted by the address that the outermost of them saw.
    environment_variables = merge(local.environment, {
      NEXUS_STATUS_OBJECT   = "gs://${local.web_bucket}/${local.status_object}"
      NEXUS_TRUSTED_PROXIES = local.has_domain ? "2" : "1"
      THREADS               = tostring(var.chat.concurrency)
    }, var.feedback ? { NEXUS_FEEDBACK = "on" } : {})

    secret_environment_variables {
      key        = "NEXUS_SIGNING_SECRET"
      project_id = var.project_id
      secret     = google_secret_manager_secret.signing_secret.secret_id
      version    = local.signing_secret_version
    }
    dynamic "secret_environment_variables" {
      for_each = local.has_gemini_api_key ? ["GEMINI_API_KEY"] : []
      content {
        key        = secret_environment_variables.value
        project_id = var.project_id
        secret     = google_secret_manager_secret.gemini_api_key.secret_id
        version    = local.gemini_api_key_version
      }
    }
    dynamic "secret_environment_variables" {
      for_each = local.further_keys
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = google_secret_manager_secret.further_key[secret_environment_variables.key].secret_id
        version    = tostring(lookup(var.further_key_versions, secret_environment_variables.key, 1))
      }
    }
  }

  lifecycle {
    precondition {
      condition     = var.chat.timeout_seconds >= local.deadline_seconds + 10
      error_message = "chat.timeout_seconds must be at least 10 more than deadline_seconds of functions/nexus.toml, which is ${local.deadline_seconds}: else Google cuts an answer off before Nexus can end it."
    }
  }

  depends_on = [
    google_project_iam_member.build_logs,
    google_project_iam_member.build_source,
    google_artifact_registry_repository_iam_member.build_images,
    google_project_iam_member.chat_asks_vertex,
    google_secret_manager_secret_iam_member.chat_reads_further_key,
    google_secret_manager_secret_iam_member.chat_reads_key,
    google_secret_manager_secret_iam_member.chat_reads_signing_secret,
  ]
}

# Lets it read, extend and close exhaustion windows, in this database only.
resource "google_project_iam_member" "chat_state" {
  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.chat.member

  condition {
    title      = "Only the database of Nexus"
    expression = local.only_this_database
  }
}

# Lets everybody call it: the chat is public, and a preflight request carries no identity.
resource "google_cloud_run_v2_service_iam_member" "chat_public" {
  count = var.public ? 1 : 0

  name     = google_cloudfunctions2_function.chat.name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"

  # A function that is replaced loses its bindings.
  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.chat.id]
  }
}
