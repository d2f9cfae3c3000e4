variable "project_id" {
  description = "The Google Cloud project, by its id."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a project: 6 to 30 lower-case letters, digits and dashes that begin with a letter and do not end with a dash."
  }
}

variable "region" {
  description = "Where the state is kept; that of infra/."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region of Google Cloud, such as us-central1 or europe-west1, not a zone."
  }
}
