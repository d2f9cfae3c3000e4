# One origin: /api/chat and /api/check-availability go to the functions, everything else to the
# bucket.

locals {
  # The page has its policy in a meta element, where `frame-ancestors` has no effect; as a header it
  # does. A browser obeys both policies.
  page_policy = one(regex("http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\"", local.built_page))

  security_headers = [
    # Without includeSubDomains, because other hosts below the domain are not ours.
    "Strict-Transport-Security: max-age=31536000",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: no-referrer",
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  ]

  backends = local.has_domain ? {
    chat               = google_cloudfunctions2_function.chat.name
    check_availability = google_cloudfunctions2_function.check_availability.name
  } : {}

  # Strips the prefix, so the function sees the rest of the path, as behind the local gateway.
  routes = local.has_domain ? {
    chat               = ["/api/chat", "/api/chat/*"]
    check_availability = ["/api/check-availability", "/api/check-availability/*"]
  } : {}
}

resource "google_compute_region_network_endpoint_group" "function" {
  for_each = local.backends

  name                  = "${var.name}-${replace(each.key, "_", "-")}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value
  }

  depends_on = [google_project_service.enabled]
}

# Without timeout_sec, which serverless backends do not accept: the function's timeout applies.
resource "google_compute_backend_service" "function" {
  for_each = local.backends

  name                    = "${var.name}-${replace(each.key, "_", "-")}"
  load_balancing_scheme   = "EXTERNAL_MANAGED"
  protocol                = "HTTPS"
  security_policy         = google_compute_security_policy.armor[0].id
  custom_response_headers = concat(local.security_headers, ["Content-Security-Policy: default-src 'none'; frame-ancestors 'none'"])

  backend {
    group = google_compute_region_network_endpoint_group.function[each.key].id
  }
  log_config {
    enable      = true
    sample_rate = 1
  }
}

resource "google_compute_backend_bucket" "web" {
  count = local.has_domain ? 1 : 0

  name                    = "${var.name}-web"
  bucket_name             = google_storage_bucket.web.name
  compression_mode        = "AUTOMATIC"
  custom_response_headers = concat(local.security_headers, ["Content-Security-Policy: ${local.page_policy}; frame-ancestors ${local.frame_ancestors}"])

  # The build's headers decide: assets are cached for ever, the page is always revalidated.
  enable_cdn = true
  cdn_policy {
    cache_mode = "USE_ORIGIN_HEADERS"
  }

  depends_on = [google_project_service.enabled]
}

resource "google_compute_url_map" "front" {
  count = local.has_domain ? 1 : 0

  name            = "${var.name}-front"
  default_service = google_compute_backend_bucket.web[0].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "nexus"
  }
  path_matcher {
    name            = "nexus"
    default_service = google_compute_backend_bucket.web[0].id

    dynamic "path_rule" {
      for_each = local.routes
      content {
        paths   = path_rule.value
        service = google_compute_backend_service.function[path_rule.key].id
        route_action {
          url_rewrite {
            path_prefix_rewrite = "/"
          }
        }
      }
    }
  }
}

resource "google_compute_target_https_proxy" "front" {
  count = local.has_domain ? 1 : 0

  name             = "${var.name}-https"
  url_map          = google_compute_url_map.front[0].id
  ssl_certificates = [google_compute_managed_ssl_certificate.domain[0].id]
  ssl_policy       = google_compute_ssl_policy.modern[0].id
}

resource "google_compute_global_forwarding_rule" "https" {
  for_each = local.address_versions

  name                  = "${var.name}-https-${lower(each.key)}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.front[each.key].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.front[0].id
}
