# The functions' source as a zip in a bucket. Its name contains the hash of its files, because a
# function is redeployed only when the name changes.

module "bundle" {
  source = "./bundle"

  repository = "${path.module}/.."
}

# The same bytes everywhere: from `source` blocks the provider takes name and content only, sorted by
# name, without time or mode.
data "archive_file" "functions" {
  type        = "zip"
  output_path = "${path.module}/.terraform/functions-${module.bundle.hash}.zip"

  dynamic "source" {
    for_each = module.bundle.files
    content {
      filename = source.key
      content  = file("${path.module}/../${source.value}")
    }
  }
}

resource "google_storage_bucket" "source" {
  #checkov:skip=CKV_GCP_62:Terraform alone reads and writes here; Cloud Audit Logs have it
  #checkov:skip=CKV_GCP_78:no object is ever overwritten, each has the hash of its files in its name
  name                        = "${var.project_id}-${var.name}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection

  depends_on = [google_project_service.enabled]
}

resource "google_storage_bucket_object" "source" {
  name   = "functions-${module.bundle.hash}.zip"
  bucket = google_storage_bucket.source.name
  source = data.archive_file.functions.output_path

  # The functions switch to the new bundle before the old one is deleted.
  lifecycle {
    create_before_destroy = true
  }
}
