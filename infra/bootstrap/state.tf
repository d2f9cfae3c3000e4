# The bucket for Terraform's state and the last good release. A person applies it once, first. Its
# own state stays on that person's machine, and can be imported again (docs/deploy.md).

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
