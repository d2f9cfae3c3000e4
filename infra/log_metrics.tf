# Counters of the log events in docs/operations.md. Labels are fields of the event with few values,
# because each combination is a time series.

locals {
  log_filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=(${join(" OR ", [for name in values(local.service_names) : "\"${name}\""])})",
  ])

  log_counters = {
    answers = {
      event  = "chat.answered"
      labels = ["model"]
      means  = "Chats that were answered"
    }
    fallbacks = {
      event  = "chat.answered"
      where  = "jsonPayload.fallbacks>0"
      labels = ["model"]
      means  = "Chats answered by another model than the primary"
    }
    refusals = {
      event  = "chat.refused"
      labels = ["reason"]
      means  = "Chats that got no answer"
    }
    broken_streams = {
      event  = "chat.interrupted"
      labels = ["kind", "model"]
      means  = "Answers interrupted after their first text"
    }
    abandoned_chats = {
      event  = "chat.abandoned"
      labels = []
      means  = "Chats whose visitor left"
    }
    failed_attempts = {
      event  = "attempt.failed"
      labels = ["kind", "model"]
      means  = "Failed calls to a model"
    }
    windows_opened = {
      event  = "window.opened"
      labels = ["model", "reason"]
      means  = "Models set aside"
    }
    retired_models = {
      event  = "model.retired"
      labels = ["model"]
      means  = "Models that Gemini no longer serves"
    }
    misconfigured = {
      event  = "service.misconfigured"
      labels = ["kind"]
      means  = "The key, the region or the account was refused"
    }
    store_unavailable = {
      event  = "store.unavailable"
      labels = ["reason"]
      means  = "Instances that lost the store"
    }
    store_recovered = {
      event  = "store.recovered"
      labels = []
      means  = "Instances that recovered the store"
    }
    rejected_requests = {
      event  = "request.rejected"
      labels = ["code"]
      means  = "Replies with a status below 500"
    }
    internal_errors = {
      event  = "internal.error"
      labels = ["error"]
      means  = "Bugs"
    }
  }
}

resource "google_logging_metric" "counter" {
  for_each = local.log_counters

  name        = "${var.name}/${each.key}"
  description = "${each.value.means}: the log event ${each.value.event}."
  filter = join(" AND ", compact([
    local.log_filter,
    "jsonPayload.event=\"${each.value.event}\"",
    try(each.value.where, ""),
  ]))
  label_extractors = { for field in each.value.labels : field => "EXTRACT(jsonPayload.${field})" }

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    unit         = "1"
    display_name = each.value.means

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  depends_on = [google_project_service.enabled]
}
