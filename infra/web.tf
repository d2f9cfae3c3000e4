# The bucket that serves the page.

locals {
  web_bucket = "${var.project_id}-${var.name}-web"

  # The bucket's own host: at storage.googleapis.com/BUCKET the page would share its origin, and so
  # its storage, with every other bucket's page.
  bucket_origin = "https://${local.web_bucket}.storage.googleapis.com"
  web_origin    = local.has_domain ? "https://${var.domain}" : local.bucket_origin
  web_url       = local.has_domain ? "https://${var.domain}/" : "${local.bucket_origin}/index.html"
}

resource "google_storage_bucket" "web" {
  #checkov:skip=CKV_GCP_62:public files; who reads them is nobody's business, and the balancer has a log
  #checkov:skip=CKV_GCP_78:every file can be built again from the repository
  #checkov:skip=CKV_GCP_114:its files are public by design; enforced where `public` is false
  name                        = local.web_bucket
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = var.public ? "inherited" : "enforced"
  force_destroy               = !var.deletion_protection

  # Only takes effect behind the load balancer.
  website {
    main_page_suffix = "index.html"
  }

  lifecycle {
    precondition {
      condition     = strcontains(local.built_page, local.connect_self)
      error_message = "index.html in ${var.web_dist} has no \"${local.connect_self}\" in its policy, which is what lets the page reach the functions."
    }
  }

  depends_on = [google_project_service.enabled]
}

# Lets everybody read each file by name; objectViewer would also let them list the names.
resource "google_storage_bucket_iam_member" "web_public" {
  #checkov:skip=CKV_GCP_28:a public page is read by everybody
  count = var.public ? 1 : 0

  bucket = google_storage_bucket.web.name
  role   = "roles/storage.legacyObjectReader"
  member = "allUsers"
}
