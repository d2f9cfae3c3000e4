# The alerts. docs/operations.md has a row for each alert and a section for each `section`, which a
# test checks. CRITICAL wakes somebody; normal fallbacks alert nobody.

locals {
  # One log line fires these alerts: none is ever normal, and each holds what the notification should
  # say. Labels are fields of the event; `where` narrows the event down.
  log_alerts = {
    key-refused = {
      event          = "service.misconfigured"
      where          = "NOT jsonPayload.kind=\"out_of_credit\""
      labels         = ["target", "kind", "reason"]
      severity       = "CRITICAL"
      auto_close     = "1800s" # It is said again about once a minute for as long as it lasts.
      between_alerts = "3600s"
      means          = "Gemini refuses a target: its key, its project or the region. Without another target, every chat is refused."
      section        = "The key or the region is refused"
    }
    out-of-money = {
      event          = "service.misconfigured"
      where          = "jsonPayload.kind=\"out_of_credit\""
      labels         = ["target", "reason"]
      severity       = "CRITICAL"
      auto_close     = "1800s"
      between_alerts = "3600s"
      means          = "A target's account has used up its credit, or reached its spending cap. Without another account, every chat is refused."
      section        = "The money is used up"
    }
    model-retired = {
      event          = "model.retired"
      labels         = ["model", "target", "successor"]
      severity       = "WARNING"
      auto_close     = "43200s" # A window lasts six hours; its probes say it again each half hour.
      between_alerts = "86400s"
      means          = "Gemini no longer serves a model of the hierarchy by a target. Chats go past it."
      section        = "A model is retired"
    }
    quota-ends-early = {
      event          = "forecast.made"
      where          = "jsonPayload.minutes_short>119"
      labels         = ["key", "ends_at"]
      severity       = "WARNING"
      auto_close     = "43200s"
      between_alerts = "86400s"
      means          = "A quota of the day is foreseen to end two hours or more before midnight in California. Chats then fall back."
      section        = "A quota will end early"
    }
    internal-error = {
      event          = "internal.error"
      labels         = ["error"]
      severity       = "ERROR"
      auto_close     = "3600s"
      between_alerts = "3600s"
      means          = "A bug ended a request. Others are not affected."
      section        = "A bug"
    }
  }

  log_alert_filters = {
    for name, alert in local.log_alerts :
    name => join(" AND ", compact([local.log_filter, "jsonPayload.event=\"${alert.event}\"", try(alert.where, "")]))
  }

  # An instance logs once that it lost the store, and once that it recovered. Only check-availability
  # counts, because uptime checks keep it busy enough to notice the recovery.
  store_trouble = {
    for name in ["store_unavailable", "store_recovered"] :
    name => "(sum(increase(${local.log_metric_names[name]}{${local.on_run},service_name='${local.service_names.check_availability}'}[1h])) or vector(0))"
  }
  unreachable = "(sum(increase(${local.log_metric_names.refusals}{${local.on_run},reason='models_unavailable'}[10m])) or vector(0))"
  run_replies = "run_googleapis_com:request_count{${local.run_selector}"

  # The rate of an event fires these alerts.
  rate_alerts = merge(
    {
      for name, objective in local.objectives : name => {
        severity = objective.severity
        means    = objective.means
        section  = objective.section
        duration = "0s" # The queries' own windows say for how long.
        queries  = local.burn_queries[name]
      }
    },
    {
      models-unreachable = {
        severity = "ERROR"
        means    = "Most chats find no model that answers, and no quota is why: Gemini or the way to it is down."
        section  = "Gemini cannot be reached"
        duration = "600s" # Most outages are over by then.
        queries = {
          "chats that find no model" = "${local.unreachable} >= 5 and ${local.unreachable} / ${local.sums["chats 10m"]} > 0.5"
        }
      }
      server-errors = {
        severity = "ERROR"
        means    = "A function fails before its code runs."
        section  = "A bug"
        duration = "300s"
        queries = {
          # Nexus itself sends 502, 503 and 504. Uptime checks add 90 requests in ten minutes, so one
          # failure at night stays below the limit.
          "replies with status 500" = "sum(increase(${local.run_replies},response_code='500'}[10m])) / sum(increase(${local.run_replies}}[10m])) > 0.05"
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
    },
  )

  # Two of three regions must agree for `duration`.
  uptime_alerts = {
    quotas-exhausted = {
      check    = "models"
      severity = "ERROR"
      duration = "300s" # A quota of the minute heals by itself before that.
      means    = "Every model is over a quota, for five minutes now. Pages have disabled sending."
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
