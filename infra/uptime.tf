# Asks both functions once a minute from outside, as a visitor's page would. No check costs quota:
# none makes a function call Gemini. Three checks from three regions are about 390 thousand
# executions a month, below the million that is free.

locals {
  # What is asked, and what must be in the reply. A service whose models are exhausted answers 200
  # with `"available":false`, so whether the function answers, and whether a chat would be answered,
  # are two checks.
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

  # A change of the host makes another check. The old one can only be deleted once no alert uses it.
  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.enabled]
}
