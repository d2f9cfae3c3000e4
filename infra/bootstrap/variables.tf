variable "project_id" {
  description = "The project's id."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be 6 to 30 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "region" {
  description = "Where the state is kept, for instance europe-west1."
  type        = string
  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)+[0-9]+$", var.region))
    error_message = "region must be the name of a Google Cloud region, for instance europe-west1."
  }
}
