# The alert policies: one resource per kind of condition.

locals {
  alerts = merge(local.log_alerts, local.rate_alerts, local.uptime_alerts)

  # For log alerts, Monitoring fills in the extracted labels.
  alert_texts = {
    for name, alert in local.alerts : name => join("\n\n", concat(
      [alert.means],
      [for label in try(alert.labels, []) : "${label}: $${log.extracted_label.${label}}"],
      ["What to do: docs/operations.md, section *${alert.section}*."],
    ))
  }

  policies = concat(
    values(google_monitoring_alert_policy.log),
    values(google_monitoring_alert_policy.rate),
    values(google_monitoring_alert_policy.uptime),
  )

  dashboard_url = "https://console.cloud.google.com/monitoring/dashboards/builder/${basename(google_monitoring_dashboard.nexus.id)}?project=${var.project_id}"
}

resource "google_monitoring_alert_policy" "log" {
  for_each = local.log_alerts

  display_name          = "${var.name}: ${each.key}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.notification_channels

  conditions {
    display_name = "log event ${each.value.event}"

    condition_matched_log {
      filter           = local.log_alert_filters[each.key]
      label_extractors = { for field in each.value.labels : field => "EXTRACT(jsonPayload.${field})" }
    }
  }

  alert_strategy {
    auto_close = each.value.auto_close

    notification_rate_limit {
      period = each.value.between_alerts
    }
  }

  documentation {
    content   = local.alert_texts[each.key]
    mime_type = "text/markdown"

    links {
      display_name = "Dashboard"
      url          = local.dashboard_url
    }
  }

  depends_on = [google_project_service.enabled]
}

resource "google_monitoring_alert_policy" "rate" {
  for_each = local.rate_alerts

  display_name          = "${var.name}: ${each.key}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.notification_channels

  dynamic "conditions" {
    for_each = each.value.queries
    content {
      display_name = conditions.key

      condition_prometheus_query_language {
        query               = conditions.value
        duration            = each.value.duration
        evaluation_interval = "60s"
        # A log metric exists only from its first event on.
        disable_metric_validation = true
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    content   = local.alert_texts[each.key]
    mime_type = "text/markdown"

    links {
      display_name = "Dashboard"
      url          = local.dashboard_url
    }
  }

  depends_on = [google_logging_metric.counter, google_logging_metric.distribution]
}

resource "google_monitoring_alert_policy" "uptime" {
  for_each = local.uptime_alerts

  display_name          = "${var.name}: ${each.key}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.notification_channels

  conditions {
    display_name = google_monitoring_uptime_check_config.nexus[each.value.check].display_name

    condition_threshold {
      filter = join(" AND ", [
        "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\"",
        "metric.labels.check_id=\"${google_monitoring_uptime_check_config.nexus[each.value.check].uptime_check_id}\"",
        "resource.type=\"uptime_url\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = each.value.duration

      aggregations {
        # Counts the newest result of each region, even a late one.
        alignment_period     = "1200s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.project_id", "resource.label.host"]
      }

      trigger {
        count = 1
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    content   = local.alert_texts[each.key]
    mime_type = "text/markdown"

    links {
      display_name = "Dashboard"
      url          = local.dashboard_url
    }
  }
}
