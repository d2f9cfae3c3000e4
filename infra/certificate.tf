# The domain's certificate, which Google issues and renews once its DNS records lead here.

resource "google_compute_managed_ssl_certificate" "domain" {
  count = local.has_domain ? 1 : 0

  # A certificate cannot change; another domain gets a new one before the old one is deleted.
  name = "${var.name}-${substr(sha256(var.domain), 0, 8)}"

  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.enabled]
}

resource "google_compute_ssl_policy" "modern" {
  count = local.has_domain ? 1 : 0

  name            = "${var.name}-modern"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [google_project_service.enabled]
}
