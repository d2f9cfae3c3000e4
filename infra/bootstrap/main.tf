# The bucket that holds Terraform's state and the last good release. Applied once, by a person, before
# all else; its own state stays on that person's machine, and can be imported again (docs/deploy.md).

terraform {
  required_version = ">= 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.40, < 9.0"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
}

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

resource "google_storage_bucket" "state" {
  #checkov:skip=CKV_GCP_62:Terraform and the pipeline alone read and write here; Cloud Audit Logs have it
  name                        = "${var.project_id}-nexus-state"
  location                    = var.region
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  versioning {
    enabled = true # an older state can be brought back
  }
  lifecycle_rule {
    condition {
      num_newer_versions = 30
    }
    action {
      type = "Delete"
    }
  }
  lifecycle {
    prevent_destroy = true
  }
}

output "state_bucket" {
  description = "For terraform init -backend-config=bucket=… of infra/."
  value       = google_storage_bucket.state.name
}
