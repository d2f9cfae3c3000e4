# When an operator is told, and of what. docs/operations.md has a row for each alert and a section
# for each `section`; a test holds the two together. A normal fallback tells nobody.

locals {
  # One log line is enough: each of these is said once and is never normal, and the line itself
  # holds what the notification should say. The labels are fields of the event.
  log_alerts = {
    service-misconfigured = {
      event          = "service.misconfigured"
      labels         = ["kind", "reason"]
      severity       = "CRITICAL"
      auto_close     = "1800s" # It is said again about once a minute for as long as it lasts.
      between_alerts = "3600s"
      means          = "Gemini refuses the key, the region or the account. Every chat is refused."
      section        = "The key, the region or the account is refused"
    }
    model-retired = {
      event          = "model.retired"
      labels         = ["model", "successor"]
      severity       = "WARNING"
      auto_close     = "43200s" # The model is asked again after six hours.
      between_alerts = "86400s"
      means          = "Gemini no longer serves a model of the hierarchy. Chats fall back."
      section        = "A model is retired"
    }
    internal-error = {
      event          = "internal.error"
      labels         = ["error"]
      severity       = "ERROR"
      auto_close     = "3600s"
      between_alerts = "3600s"
      means          = "A bug ended a request. Others are not affected."
      section        = "Many errors at once"
    }
  }

  # How often something happens counts here, not that it does. `vector(0)` stands in for a series
  # that has had no event yet, since a sum with a missing series is missing as well.
  ten_minutes = {
    for name, series in local.log_series : name => "(sum(increase(${series}[10m])) or vector(0))"
  }
  overdue_chats = "(sum(increase(${local.log_metric_names.refusals}{${local.on_run},reason='deadline_exceeded'}[10m])) or vector(0))"
  chats         = "(${local.ten_minutes.answers} + ${local.ten_minutes.refusals} + ${local.ten_minutes.broken_streams})"
  enough_chats  = "${local.chats} >= ${var.alert_thresholds.minimum_chats}"

  # An instance says once that it has lost the store, and once that it has found it again. Only
  # check-availability counts: the uptime checks keep it asking, so that it does find it again.
  store_trouble = {
    for name in ["store_unavailable", "store_recovered"] :
    name => "(sum(increase(${local.log_metric_names[name]}{${local.on_run},service_name='${local.service_names.check_availability}'}[1h])) or vector(0))"
  }

  rate_alerts = {
    error-rate = {
      severity = "ERROR"
      means    = "Too many chats break off or find no model in time, or a function fails before its code runs."
      section  = "Many errors at once"
      duration = "300s"
      queries = {
        # Exhaustion and a refused key have alerts of their own; what a client did wrong is no error.
        "chats that break off or are overdue" = "(${local.ten_minutes.broken_streams} + ${local.overdue_chats}) / ${local.chats} > ${var.alert_thresholds.failed_percent / 100} and ${local.enough_chats}"
        # 502, 503 and 504 are Nexus's own words, and counted above or alerted on elsewhere. The uptime
        # checks are 90 requests in ten minutes, so that one in a quiet night is no share of these.
        "replies with status 500" = "sum(increase(run_googleapis_com:request_count{${local.run_selector},response_code='500'}[10m])) / sum(increase(run_googleapis_com:request_count{${local.run_selector}}[10m])) > ${var.alert_thresholds.failed_percent / 100}"
      }
    }
    slow-answers = {
      severity = "WARNING"
      means    = "Answers begin late: one in twenty takes longer to its first text than it should."
      section  = "Answers are slow"
      duration = "300s"
      queries = {
        "95th percentile of the first text" = "histogram_quantile(0.95, sum by (le) (rate(${local.log_metric_names.first_text_milliseconds}_bucket{${local.on_run}}[10m]))) > ${var.alert_thresholds.first_text_seconds * 1000} and on() ${local.enough_chats}"
      }
    }
    store-unavailable = {
      severity = "WARNING"
      means    = "An instance has lost Firestore and not found it again. Chats go on, with what each instance knows."
      section  = "The store is down"
      duration = "600s"
      queries = {
        # Half an event: an increase is extrapolated, and need not be a whole number.
        "instances that have lost the store" = "${local.store_trouble.store_unavailable} - ${local.store_trouble.store_recovered} > 0.5"
      }
    }
  }

  # Two of three regions must agree, for as long as `duration`.
  uptime_alerts = {
    all-models-exhausted = {
      check    = "models"
      severity = "CRITICAL"
      duration = "300s" # A quota of the minute heals by itself before that.
      means    = "No model may answer, and has not for five minutes. The page has closed its composer."
      section  = "All models are exhausted"
    }
    chat-down = {
      check    = "chat"
      severity = "CRITICAL"
      duration = "120s"
      means    = "The chat function does not answer, not even for its list of models."
      section  = "A function does not answer"
    }
    availability-down = {
      check    = "check_availability"
      severity = "ERROR"
      duration = "120s"
      means    = "The check-availability function does not answer. Pages cannot tell whether the chat is available."
      section  = "A function does not answer"
    }
  }
}
