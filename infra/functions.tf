# What both functions have in common.

locals {
  # An instance has one CPU, which Cloud Run wants for more than one request at a time; Python's
  # interpreter lock would leave a second one idle.
  cpu    = "1"
  memory = "512Mi"

  # With a domain, requests must pass the load balancer and so Cloud Armor.
  ingress = local.has_domain ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_ALL"

  environment = {
    GOOGLE_CLOUD_PROJECT  = var.project_id
    LOG_EXECUTION_ID      = "true" # Google sets it where it is absent, which each plan would undo
    LOG_LEVEL             = var.log_level
    NEXUS_ALLOWED_ORIGINS = join(",", concat([local.web_origin], sort(var.further_origins)))
    NEXUS_HIERARCHY       = var.hierarchy
    NEXUS_STATE           = local.state
  }
}
