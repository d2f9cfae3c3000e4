# Deploys each commit of a branch, with an identity of its own.
#
# The identity may change what is served: functions, bundle, page, rules, alerts. It may only read
# who may do what: identities, roles, services, buckets, the key, Cloud Armor and this file. A person
# applies commits that change those first, so a malicious commit cannot gain rights.
#
# The repository connection is second-generation and regional: a person creates it once (`gcloud
# builds connections create github`), and Cloud Build keeps its token in Secret Manager, so Terraform
# never sees it. First-generation connections are global and can only be made in the console.

locals {
  has_pipeline = var.pipeline != null
  state_bucket = local.has_pipeline ? coalesce(var.pipeline.state_bucket, "${var.project_id}-nexus-state") : ""

  # On the whole project, because these resources have no policies of their own.
  pipeline_roles = local.has_pipeline ? merge(
    {
      "roles/artifactregistry.reader"           = "read the repository of images"
      "roles/cloudbuild.builds.viewer"          = "read the trigger"
      "roles/cloudfunctions.developer"          = "deploy the functions"
      "roles/datastore.indexAdmin"              = "change TTL policies and indexes, without a document"
      "roles/firebaserules.admin"               = "change the rules that deny all clients"
      "roles/iam.securityReviewer"              = "read the policies that it may not change"
      "roles/iam.serviceAccountViewer"          = "read the identities that it may not change"
      "roles/logging.configWriter"              = "change metrics of the log"
      "roles/logging.logWriter"                 = "write the log of the build"
      "roles/monitoring.editor"                 = "change dashboard, alerts and uptime checks"
      "roles/serviceusage.serviceUsageConsumer" = "read enabled services, and use this project's quota"
    },
    local.has_domain ? {
      "roles/compute.loadBalancerAdmin" = "change the load balancer"
    } : {},
  ) : {}

  # Roles per bucket: read and write its objects, read its settings.
  pipeline_buckets = local.has_pipeline ? merge([
    for purpose, bucket in { source = google_storage_bucket.source.name, web = google_storage_bucket.web.name } : {
      for role in ["roles/storage.objectUser", "roles/storage.legacyBucketReader"] :
      "${purpose} ${role}" => { bucket = bucket, role = role }
    }
  ]...) : {}

  # The identities that functions and builds run as; the pipeline must be allowed to assign them.
  pipeline_acts_as = local.has_pipeline ? {
    build              = google_service_account.build.name
    chat               = google_service_account.chat.name
    check_availability = google_service_account.check_availability.name
  } : {}
}

resource "google_service_account" "pipeline" {
  count = local.has_pipeline ? 1 : 0

  account_id   = "${var.name}-pipeline"
  display_name = "Nexus: deploys commits"

  depends_on = [google_project_service.enabled]
}

# Lets it do what each role's line above says.
resource "google_project_iam_member" "pipeline" {
  for_each = local.pipeline_roles

  project = var.project_id
  role    = each.key
  member  = google_service_account.pipeline[0].member
}

# Lets it write to the bundle's and the page's buckets only.
resource "google_storage_bucket_iam_member" "pipeline" {
  for_each = local.pipeline_buckets

  bucket = each.value.bucket
  role   = each.value.role
  member = google_service_account.pipeline[0].member
}

# Lets it store the state and the last good release.
resource "google_storage_bucket_iam_member" "pipeline_state" {
  count = local.has_pipeline ? 1 : 0

  bucket = local.state_bucket
  role   = "roles/storage.objectUser"
  member = google_service_account.pipeline[0].member
}

# Lets it read the connected repository and fetch its source, as Google asks of an identity of one's
# own: https://cloud.google.com/build/docs/iam-roles-permissions.
resource "google_cloudbuildv2_connection_iam_member" "pipeline_fetches" {
  count = local.has_pipeline ? 1 : 0

  name     = var.pipeline.connection
  location = var.region
  role     = "roles/cloudbuild.readTokenAccessor"
  member   = google_service_account.pipeline[0].member
}

# Lets it deploy functions that run as these.
resource "google_service_account_iam_member" "pipeline_acts_as" {
  for_each = local.pipeline_acts_as

  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.pipeline[0].member
}

# Lets it see that the secret exists, but not its content.
resource "google_secret_manager_secret_iam_member" "pipeline_sees_key" {
  count = local.has_pipeline ? 1 : 0

  secret_id = google_secret_manager_secret.gemini_api_key.id
  role      = "roles/secretmanager.viewer"
  member    = google_service_account.pipeline[0].member
}

# Lets it see that this one exists, but not its content.
resource "google_secret_manager_secret_iam_member" "pipeline_sees_signing_secret" {
  count = local.has_pipeline ? 1 : 0

  secret_id = google_secret_manager_secret.signing_secret.id
  role      = "roles/secretmanager.viewer"
  member    = google_service_account.pipeline[0].member
}

resource "google_cloudbuildv2_repository" "nexus" {
  count = local.has_pipeline ? 1 : 0

  name              = var.name
  location          = var.region
  parent_connection = var.pipeline.connection
  remote_uri        = var.pipeline.repository

  depends_on = [google_project_service.enabled]
}

resource "google_cloudbuild_trigger" "deploy" {
  count = local.has_pipeline ? 1 : 0

  name            = "${var.name}-deploy"
  description     = "Deploys each commit of ${var.pipeline.branch}."
  location        = var.region
  filename        = "cloudbuild.yaml"
  service_account = google_service_account.pipeline[0].id

  repository_event_config {
    repository = google_cloudbuildv2_repository.nexus[0].id
    push {
      branch = "^${replace(var.pipeline.branch, ".", "[.]")}$"
    }
  }
  approval_config {
    approval_required = var.pipeline.approval
  }
  substitutions = {
    _ALERT_EMAIL  = coalesce(var.alert_email, "none")
    _ENVIRONMENT  = var.pipeline.environment
    _STATE_BUCKET = local.state_bucket
  }

  # The first build needs its roles.
  depends_on = [
    google_cloudbuildv2_connection_iam_member.pipeline_fetches,
    google_project_iam_member.pipeline,
    google_storage_bucket_iam_member.pipeline,
    google_storage_bucket_iam_member.pipeline_state,
    google_service_account_iam_member.pipeline_acts_as,
    google_secret_manager_secret_iam_member.pipeline_sees_key,
    google_secret_manager_secret_iam_member.pipeline_sees_signing_secret,
  ]
}
