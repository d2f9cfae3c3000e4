# The page's files, with the headers that the build recorded for each.

locals {
  # Relative, because absolute paths differ between machines and would replace every object.
  web_dist   = "${path.module}/${var.web_dist}"
  web_files  = jsondecode(file("${local.web_dist}/assets.json"))
  built_page = file("${local.web_dist}/index.html")

  # Where the functions are. With a domain, the page's own origin has them.
  chat_origin         = local.has_domain ? local.web_origin : google_cloudfunctions2_function.chat.service_config[0].uri
  availability_origin = local.has_domain ? local.web_origin : google_cloudfunctions2_function.check_availability.service_config[0].uri
  openai_base_url     = local.has_domain ? "${local.chat_origin}/api/chat/v1" : "${local.chat_origin}/v1"
  chat_url            = "${local.openai_base_url}/chat/completions"
  availability_url    = local.has_domain ? "${local.availability_origin}/api/check-availability" : local.availability_origin

  connect_self = "connect-src 'self'"
  connect_all  = local.has_domain ? local.connect_self : "${local.connect_self} ${local.chat_origin} ${local.availability_origin}"

  # What differs from the build. The service worker caches index.html as served and identifies it by
  # its assets, so these changes do not confuse it.
  written = {
    "config.json" = jsonencode(merge(local.page_settings, {
      chatUrl         = local.has_domain ? "api/chat/v1/chat/completions" : local.chat_url
      availabilityUrl = local.has_domain ? "api/check-availability" : local.availability_url
      deviceAnswers   = var.device_answers
      feedback        = var.feedback
    }))
    "index.html"           = replace(local.branded_page, local.connect_self, local.connect_all)
    "manifest.webmanifest" = jsonencode(local.manifest)
  }
}

resource "google_storage_bucket_object" "asset" {
  for_each = { for path, file in local.web_files : path => file if startswith(path, "assets/") }

  name   = each.key
  bucket = google_storage_bucket.web.name
  # Cloud Storage unpacks them for whoever takes no gzip.
  source           = "${local.web_dist}/${try(each.value.gzip, each.key)}"
  source_md5hash   = filemd5("${local.web_dist}/${try(each.value.gzip, each.key)}")
  content_encoding = can(each.value.gzip) ? "gzip" : null
  content_type     = each.value.content_type
  cache_control    = each.value.cache_control

  # An open page still loads parts of its own build.
  deletion_policy = "ABANDON"
}

# Files with fixed names come last, so none of them names an asset that is not uploaded yet.
resource "google_storage_bucket_object" "entry" {
  for_each = { for path, file in local.web_files : path => file if !startswith(path, "assets/") }

  name          = each.key
  bucket        = google_storage_bucket.web.name
  content       = try(local.written[each.key], file("${local.web_dist}/${each.key}"))
  content_type  = each.value.content_type
  cache_control = each.value.cache_control

  depends_on = [google_storage_bucket_object.asset]
}
