# Redirects HTTP to HTTPS.

resource "google_compute_url_map" "to_https" {
  count = local.has_domain ? 1 : 0

  name = "${var.name}-to-https"

  default_url_redirect {
    https_redirect         = true
    strip_query            = false
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
  }

  depends_on = [google_project_service.enabled]
}

resource "google_compute_target_http_proxy" "to_https" {
  count = local.has_domain ? 1 : 0

  name    = "${var.name}-http"
  url_map = google_compute_url_map.to_https[0].id
}

resource "google_compute_global_forwarding_rule" "http" {
  for_each = local.address_versions

  name                  = "${var.name}-http-${lower(each.key)}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.front[each.key].id
  port_range            = "80"
  target                = google_compute_target_http_proxy.to_https[0].id
}
