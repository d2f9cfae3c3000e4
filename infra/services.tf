# The Google Cloud APIs in use. They stay enabled after a destroy, because other parts of the project
# may need them.

locals {
  services = toset(concat(
    [
      "artifactregistry.googleapis.com",     # images of the functions
      "cloudbuild.googleapis.com",           # builds them
      "cloudfunctions.googleapis.com",       # the functions
      "cloudresourcemanager.googleapis.com", # the project itself: its number, who may do what
      "firebaserules.googleapis.com",        # rules that deny all clients
      "firestore.googleapis.com",            # state
      "generativelanguage.googleapis.com",   # Gemini, for a key that belongs to this project
      "iam.googleapis.com",                  # their identities
      "logging.googleapis.com",              # their log
      "monitoring.googleapis.com",           # their metrics
      "run.googleapis.com",                  # what functions run on
      "secretmanager.googleapis.com",        # the key of Gemini
      "storage.googleapis.com",              # the page, and the source
    ],
    local.has_domain ? ["compute.googleapis.com"] : [],      # the load balancer
    local.is_on_vertex ? ["aiplatform.googleapis.com"] : [], # Gemini, for targets on Vertex AI
  ))
}

resource "google_project_service" "enabled" {
  for_each = local.services

  service            = each.key
  disable_on_destroy = false
}
