# The pipeline is allowed no more than it needs. That it is absent unless it is wanted:
# bucket_only.tftest.hcl.

mock_provider "google" {
  override_during = plan
}
mock_provider "archive" {}

override_resource {
  target          = google_cloudfunctions2_function.chat
  override_during = plan
  values          = { service_config = { uri = "https://nexus-chat-1.a.run.app" } }
}
override_resource {
  target          = google_cloudfunctions2_function.check_availability
  override_during = plan
  values          = { service_config = { uri = "https://nexus-check-2.a.run.app" } }
}
override_resource {
  target          = google_service_account.pipeline
  override_during = plan
  values          = { id = "projects/acme-chat/serviceAccounts/nexus-pipeline", member = "pipeline" }
}
override_resource {
  target          = google_cloudbuildv2_repository.nexus
  override_during = plan
  values          = { id = "projects/acme-chat/locations/us-central1/connections/github/repositories/nexus" }
}

variables {
  project_id = "acme-chat"
}

run "a_branch_deploys_itself_behind_a_domain" {
  command = plan

  variables {
    alert_email = "operator@example.org"
    domain      = "chat.example.com"
    pipeline = {
      branch      = "release-1.0"
      connection  = "github"
      environment = "production"
      repository  = "https://github.com/acme/nexus.git"
    }
  }

  assert {
    condition     = google_cloudbuild_trigger.deploy[0].repository_event_config[0].push[0].branch == "^release-1[.]0$"
    error_message = "The trigger must take exactly this branch; its name is no pattern."
  }
  assert {
    condition     = google_cloudbuild_trigger.deploy[0].filename == "cloudbuild.yaml" && google_cloudbuild_trigger.deploy[0].service_account == google_service_account.pipeline[0].id
    error_message = "The trigger must run cloudbuild.yaml as the pipeline's own identity."
  }
  assert {
    condition     = google_cloudbuild_trigger.deploy[0].substitutions == tomap({ _ALERT_EMAIL = "operator@example.org", _ENVIRONMENT = "production", _STATE_BUCKET = "acme-chat-nexus-state" })
    error_message = "The trigger must name the address for alerts, the environment, and the bucket that make deploy makes."
  }
  assert {
    condition     = google_storage_bucket_iam_member.pipeline_state[0].bucket == "acme-chat-nexus-state" && google_storage_bucket_iam_member.pipeline_state[0].role == "roles/storage.objectUser"
    error_message = "The pipeline must read and write the state, and nothing else of its bucket."
  }
  assert {
    condition     = !google_cloudbuild_trigger.deploy[0].approval_config[0].approval_required
    error_message = "Without `approval` a build must not wait."
  }
  assert {
    condition     = contains(keys(google_project_iam_member.pipeline), "roles/compute.loadBalancerAdmin")
    error_message = "With a domain, the pipeline must be able to change the load balancer."
  }
}

run "it_may_change_what_serves_and_read_the_rest" {
  command = plan

  variables {
    pipeline = {
      approval     = true
      connection   = "github"
      environment  = "staging"
      repository   = "https://github.com/acme/nexus.git"
      state_bucket = "acme-states"
    }
  }

  assert {
    condition = toset(keys(google_project_iam_member.pipeline)) == toset([
      "roles/artifactregistry.reader",
      "roles/cloudbuild.builds.viewer",
      "roles/cloudfunctions.developer",
      "roles/datastore.indexAdmin",
      "roles/firebaserules.admin",
      "roles/iam.securityReviewer",
      "roles/iam.serviceAccountViewer",
      "roles/logging.configWriter",
      "roles/logging.logWriter",
      "roles/monitoring.editor",
      "roles/serviceusage.serviceUsageConsumer",
    ])
    error_message = "A role of the pipeline has changed: write down what needs it, in infra/pipeline.tf and docs/google-cloud.md."
  }
  assert {
    condition     = google_cloudbuildv2_connection_iam_member.pipeline_fetches[0].name == "github" && google_cloudbuildv2_connection_iam_member.pipeline_fetches[0].role == "roles/cloudbuild.readTokenAccessor"
    error_message = "The pipeline must be able to fetch the repository of this connection, and of no other."
  }
  assert {
    condition     = alltrue([for role, reason in local.pipeline_roles : length(reason) > 10])
    error_message = "Each role must say what for."
  }
  assert {
    condition     = toset([for binding in google_storage_bucket_iam_member.pipeline : "${binding.bucket}: ${binding.role}"]) == toset(["acme-chat-nexus-source: roles/storage.objectUser", "acme-chat-nexus-source: roles/storage.legacyBucketReader", "acme-chat-nexus-web: roles/storage.objectUser", "acme-chat-nexus-web: roles/storage.legacyBucketReader"])
    error_message = "The pipeline must write bundle and page only, and read the settings of their buckets."
  }
  assert {
    condition     = toset(keys(google_service_account_iam_member.pipeline_acts_as)) == toset(["build", "chat", "check_availability"])
    error_message = "The pipeline must hand on these identities and no others."
  }
  assert {
    condition = alltrue([
      for binding in [
        google_secret_manager_secret_iam_member.pipeline_sees_key[0],
        google_secret_manager_secret_iam_member.pipeline_sees_signing_secret[0],
      ] : binding.role == "roles/secretmanager.viewer"
    ])
    error_message = "The pipeline must not be able to read the key or the signing secret."
  }
  assert {
    condition     = google_cloudbuild_trigger.deploy[0].approval_config[0].approval_required && google_storage_bucket_iam_member.pipeline_state[0].bucket == "acme-states"
    error_message = "`approval` and `state_bucket` must have their effect."
  }
}
