# What `branding` changes in the page's files. A crawler runs no script, so the title and the texts of
# a preview are written here; what a visitor sees, the page itself reads from config.json.

locals {
  logo_name = var.branding.logo == null ? null : "logo${regex("[.][a-z]+$", var.branding.logo)}"
  logo_types = {
    ".jpg"  = "image/jpeg"
    ".png"  = "image/png"
    ".svg"  = "image/svg+xml; charset=utf-8"
    ".webp" = "image/webp"
  }

  page_settings = merge(
    { for key, value in var.branding : key => value if value != null && !contains(["links", "logo"], key) },
    var.branding.links == null ? {} : { links = { for name, address in var.branding.links : name => address if address != null } },
    local.logo_name == null ? {} : { logo = local.logo_name },
    length(var.embed_origins) == 0 ? {} : { embedOrigins = sort(var.embed_origins) },
  )

  # In HTML, and in a replacement, where $ would name a group.
  in_page = {
    for key in ["name", "tagline"] :
    key => replace(replace(replace(replace(coalesce(var.branding[key], " "), "&", "&amp;"), "<", "&lt;"), "\"", "&quot;"), "$", "$$")
  }

  named_page = var.branding.name == null ? local.built_page : replace(
    local.built_page,
    "/(<title>|property=\"og:title\" content=\")[^<\"]*/",
    "$${1}${local.in_page.name}",
  )
  branded_page = var.branding.tagline == null ? local.named_page : replace(
    local.named_page,
    "/((?:name=\"|property=\"og:)description\" content=\")[^\"]*/",
    "$${1}${local.in_page.tagline}",
  )

  built_manifest = jsondecode(file("${local.web_dist}/manifest.webmanifest"))
  manifest = merge(
    local.built_manifest,
    var.branding.name == null ? {} : { name = var.branding.name, short_name = var.branding.name },
    var.branding.tagline == null ? {} : { description = var.branding.tagline },
  )

  # Behind the balancer the browser refuses every other page; without it, the page itself does.
  frame_ancestors = length(var.embed_origins) == 0 ? "'none'" : join(" ", sort(var.embed_origins))
}

resource "google_storage_bucket_object" "logo" {
  count = local.logo_name == null ? 0 : 1

  name           = local.logo_name
  bucket         = google_storage_bucket.web.name
  source         = "${path.module}/${var.branding.logo}"
  source_md5hash = filemd5("${path.module}/${var.branding.logo}")
  content_type   = local.logo_types[regex("[.][a-z]+$", var.branding.logo)]
  cache_control  = "no-cache"
}
