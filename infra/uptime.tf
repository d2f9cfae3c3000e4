# Asks both functions once a minute from outside, like a visitor's page. No check calls Gemini, so
# none costs quota. Three checks from three regions are about 390,000 executions a month, below the
# free million.

locals {
  # Paths, and what the reply must contain. A service whose models are exhausted answers 200 with
  # `"available":false`, so "does the function answer" and "would a chat be answered" are two checks.
  uptime_checks = {
    chat = {
      asks           = "does the chat answer?"
      function       = "chat"
      path           = "/v1/models"
      path_on_domain = "/api/chat/v1/models"
      content        = "\"id\":\"nexus\""
      matcher        = "CONTAINS_STRING"
    }
    check_availability = {
      asks           = "does check-availability answer?"
      function       = "check_availability"
      path           = "/"
      path_on_domain = "/api/check-availability"
      content        = "\"status\":"
      matcher        = "CONTAINS_STRING"
    }
    models = {
      asks           = "is there a model that may answer?"
      function       = "check_availability"
      path           = "/"
      path_on_domain = "/api/check-availability"
      content        = "\"status\":\"exhausted\""
      matcher        = "NOT_CONTAINS_STRING"
    }
  }
}

resource "google_monitoring_uptime_check_config" "nexus" {
  for_each = local.uptime_checks

  display_name     = "${var.name}: ${each.value.asks}"
  period           = "60s"
  timeout          = "10s"
  selected_regions = ["ASIA_PACIFIC", "EUROPE", "USA_VIRGINIA"]

  http_check {
    path         = local.has_domain ? each.value.path_on_domain : each.value.path
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project_id
      host       = local.hosts[each.value.function]
    }
  }

  content_matchers {
    content = each.value.content
    matcher = each.value.matcher
  }

  # Another host needs a new check; the old one can be deleted once no alert uses it.
  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.enabled]
}
