# Counters of the log events in docs/operations.md. Labels are fields of the event with few values,
# because each combination is a time series.

locals {
  # What no other model and no operator could have answered counts for no objective.
  not_of_the_request = "NOT jsonPayload.reason=(\"context_length_exceeded\" OR \"invalid_request\" OR \"no_usable_answer\")"

  log_filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=(${join(" OR ", [for name in values(local.service_names) : "\"${name}\""])})",
  ])

  log_counters = {
    chats = {
      events = ["chat.answered", "chat.interrupted", "chat.refused"]
      where  = local.not_of_the_request
      labels = []
      means  = "Chats that could have been answered"
    }
    unanswered_chats = {
      events = ["chat.interrupted", "chat.refused"]
      where  = local.not_of_the_request
      labels = []
      means  = "Those that got no whole answer"
    }
    late_answers = {
      events = ["chat.answered"]
      where  = "jsonPayload.first_text_milliseconds>${var.objectives.first_text_seconds * 1000}"
      labels = []
      means  = "Answers that began late"
    }
    answers = {
      events = ["chat.answered"]
      labels = ["model", "target"]
      means  = "Chats that were answered"
    }
    fallbacks = {
      events = ["chat.answered"]
      where  = "jsonPayload.fallbacks>0"
      labels = ["model"]
      means  = "Chats answered by another model than the primary"
    }
    refusals = {
      events = ["chat.refused"]
      labels = ["reason"]
      means  = "Chats that got no answer"
    }
    broken_streams = {
      events = ["chat.interrupted"]
      labels = ["kind", "model"]
      means  = "Answers interrupted after their first text"
    }
    abandoned_chats = {
      events = ["chat.abandoned"]
      labels = []
      means  = "Chats whose visitor left"
    }
    failed_attempts = {
      events = ["attempt.failed"]
      labels = ["kind", "model", "target"]
      means  = "Failed calls to a model"
    }
    windows_opened = {
      events = ["window.opened"]
      labels = ["model", "reason", "target"]
      means  = "Models and targets set aside"
    }
    retired_models = {
      events = ["model.retired"]
      labels = ["model", "target"]
      means  = "Models that Gemini no longer serves"
    }
    misconfigured = {
      events = ["service.misconfigured"]
      labels = ["kind", "target"]
      means  = "A target's key, region or account was refused"
    }
    store_unavailable = {
      events = ["store.unavailable"]
      labels = ["reason"]
      means  = "Instances that lost the store"
    }
    store_recovered = {
      events = ["store.recovered"]
      labels = []
      means  = "Instances that recovered the store"
    }
    rejected_requests = {
      events = ["request.rejected"]
      labels = ["code"]
      means  = "Replies with a status below 500"
    }
    ratings = {
      events = ["feedback.given"]
      labels = ["model", "rating"]
      means  = "Ratings of answers by visitors"
    }
    rating_reasons = {
      events = ["feedback.explained"]
      labels = ["model", "reason"]
      means  = "What visitors found wrong with answers"
    }
    internal_errors = {
      events = ["internal.error"]
      labels = ["error"]
      means  = "Bugs"
    }
  }

  log_counter_filters = {
    for name, counter in local.log_counters : name => join(" AND ", compact([
      local.log_filter,
      "jsonPayload.event=(${join(" OR ", [for event in counter.events : "\"${event}\""])})",
      try(counter.where, ""),
    ]))
  }
}

resource "google_logging_metric" "counter" {
  for_each = local.log_counters

  name             = "${var.name}/${each.key}"
  description      = "${each.value.means}: the log event ${join(" or ", each.value.events)}."
  filter           = local.log_counter_filters[each.key]
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
