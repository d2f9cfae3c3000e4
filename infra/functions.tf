# What both functions have in common.

locals {
  # From the file that the functions read, so a limit raised there is noticed here.
  nexus_toml       = file("${path.module}/../functions/nexus.toml")
  deadline_seconds = tonumber(one(regex("(?m)^deadline_seconds *= *([0-9.]+)", local.nexus_toml)))
  hierarchies      = toset(flatten(regexall("(?m)^\\[\\[hierarchies\\.([a-z0-9_-]+)\\.models\\]\\]", local.nexus_toml)))

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
