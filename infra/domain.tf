# Whether there is a custom domain, and what it needs outside Google Cloud.

locals {
  has_domain = var.domain != null

  # IPv4 and IPv6, for networks that have only one of them.
  address_versions = local.has_domain ? toset(["IPV4", "IPV6"]) : toset([])

  dns_records = {
    for version in local.address_versions :
    { IPV4 = "A", IPV6 = "AAAA" }[version] => google_compute_global_address.front[version].address
  }
}

resource "google_compute_global_address" "front" {
  for_each = local.address_versions

  name       = "${var.name}-${lower(each.key)}"
  ip_version = each.key

  depends_on = [google_project_service.enabled]
}
