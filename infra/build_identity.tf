# Who builds the functions, and where images are stored. The default identity has no roles in new
# projects, and too many in old ones.

resource "google_service_account" "build" {
  account_id   = "${var.name}-build"
  display_name = "Nexus: builds the functions"

  depends_on = [google_project_service.enabled]
}

resource "google_artifact_registry_repository" "functions" {
  #checkov:skip=CKV_GCP_84:Google's own keys encrypt it; the images hold published source and no secret
  repository_id = "${var.name}-functions"
  description   = "Images of the functions."
  location      = var.region
  format        = "DOCKER"

  cleanup_policies {
    id     = "keep-latest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5 # to go back to
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s" # 30 days
    }
  }

  depends_on = [google_project_service.enabled]
}

# Lets it store the images that it builds.
resource "google_artifact_registry_repository_iam_member" "build_images" {
  repository = google_artifact_registry_repository.functions.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

# Lets it write the log of a build.
resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

# Lets it read the source from the bucket into which Cloud Functions copies it. That bucket is made
# with the first function, so the role is on the project; the condition excludes all other buckets,
# above all the Terraform state, because a build runs other people's code.
resource "google_project_iam_member" "build_source" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "Only the source of functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}
