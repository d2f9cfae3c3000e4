# From the file that the functions read, so that what changes there is noticed here.

locals {
  nexus_toml       = file("${path.module}/../functions/nexus.toml")
  deadline_seconds = tonumber(one(regex("(?m)^deadline_seconds *= *([0-9.]+)", local.nexus_toml)))
  hierarchies      = toset(flatten(regexall("(?m)^\\[\\[hierarchies\\.([a-z0-9_-]+)\\.models\\]\\]", local.nexus_toml)))
}
