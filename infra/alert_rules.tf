# The alerts. docs/operations.md has a row for each alert and a section for each `section`, which a
# test checks. Normal fallbacks alert nobody.

locals {
  # One log line fires these alerts: none is ever normal, and each holds what the notification should
  # say. Labels are fields of the event.
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
      auto_close     = "43200s" # A window lasts six hours; its probes say it again each half hour.
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

  # The rate of an event fires these alerts. `vector(0)` replaces a series without events, because a
  # sum with a missing series would be missing too.
  ten_minutes = {
    for name, series in local.log_series : name => "(sum(increase(${series}[10m])) or vector(0))"
  }
  overdue_chats = "(sum(increase(${local.log_metric_names.refusals}{${local.on_run},reason='deadline_exceeded'}[10m])) or vector(0))"
  chats         = "(${local.ten_minutes.answers} + ${local.ten_minutes.refusals} + ${local.ten_minutes.broken_streams})"
  enough_chats  = "${local.chats} >= ${var.alert_thresholds.minimum_chats}"

  # An instance logs once that it lost the store, and once that it recovered. Only check-availability
  # counts, because uptime checks keep it busy enough to notice the recovery.
  store_trouble = {
    for name in ["store_unavailable", "store_recovered"] :
    name => "(sum(increase(${local.log_metric_names[name]}{${local.on_run},service_name='${local.service_names.check_availability}'}[1h])) or vector(0))"
  }

  rate_alerts = {
    error-rate = {
      severity = "ERROR"
      means    = "Too many chats are interrupted or miss the deadline, or a function fails before its code runs."
      section  = "Many errors at once"
      duration = "300s"
      queries = {
        # Exhaustion and a refused key have their own alerts; a client's mistakes are no errors.
        "chats interrupted or over the deadline" = "(${local.ten_minutes.broken_streams} + ${local.overdue_chats}) / ${local.chats} > ${var.alert_thresholds.failed_percent / 100} and ${local.enough_chats}"
        # Nexus itself sends 502, 503 and 504, which are counted above or have their own alerts.
        # Uptime checks add 90 requests in ten minutes, so one failure at night stays below the limit.
        "replies with status 500" = "sum(increase(run_googleapis_com:request_count{${local.run_selector},response_code='500'}[10m])) / sum(increase(run_googleapis_com:request_count{${local.run_selector}}[10m])) > ${var.alert_thresholds.failed_percent / 100}"
      }
    }
    slow-answers = {
      severity = "WARNING"
      means    = "One answer in twenty takes too long to begin."
      section  = "Answers are slow"
      duration = "300s"
      queries = {
        "95th percentile of the first text" = "histogram_quantile(0.95, sum by (le) (rate(${local.log_metric_names.first_text_milliseconds}_bucket{${local.on_run}}[10m]))) > ${var.alert_thresholds.first_text_seconds * 1000} and on() ${local.enough_chats}"
      }
    }
    store-unavailable = {
      severity = "WARNING"
      means    = "An instance has lost Firestore and not recovered it. Chats continue with what each instance knows."
      section  = "The store is down"
      duration = "600s"
      queries = {
        # Half an event, because an extrapolated increase need not be a whole number.
        "instances that have lost the store" = "${local.store_trouble.store_unavailable} - ${local.store_trouble.store_recovered} > 0.5"
      }
    }
  }

  # Two of three regions must agree for `duration`.
  uptime_alerts = {
    all-models-exhausted = {
      check    = "models"
      severity = "CRITICAL"
      duration = "300s" # A quota of the minute heals by itself before that.
      means    = "No model may answer, for five minutes now. Pages have disabled sending."
      section  = "All models are exhausted"
    }
    chat-down = {
      check    = "chat"
      severity = "CRITICAL"
      duration = "120s"
      means    = "The chat function does not answer, not even with its list of models."
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
