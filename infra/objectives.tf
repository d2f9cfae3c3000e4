# What visitors may expect: two objectives over four weeks, and the alerts on how fast they are
# being missed. The factors and windows are those of "The Site Reliability Workbook", chapter 5.

locals {
  objectives = {
    chats-answered = {
      total    = "chats"
      bad      = "unanswered_chats"
      percent  = var.objectives.answered_percent
      severity = "CRITICAL"
      means    = "Too many chats get no whole answer, for whatever reason. The alerts beside this one name it."
      section  = "Chats get no answer"
    }
    first-text-in-time = {
      total    = "answers"
      bad      = "late_answers"
      percent  = var.objectives.first_text_percent
      severity = "WARNING"
      means    = "Too many answers begin late."
      section  = "Answers are slow"
    }
  }

  # A burn rate of 1 uses up four weeks' allowance in four weeks. The long window shows that it
  # matters, the short one that it still goes on.
  burn_rates = {
    fast = { factor = 14.4, long = "1h", short = "5m" }
    slow = { factor = 6, long = "6h", short = "30m" }
  }

  # `vector(0)` replaces a series without events, because a sum with a missing one is missing too.
  sums = {
    for pair in setproduct(keys(local.log_series), ["5m", "10m", "30m", "1h", "6h"]) :
    "${pair[0]} ${pair[1]}" => "(sum(increase(${local.log_series[pair[0]]}[${pair[1]}])) or vector(0))"
  }

  burn_queries = {
    for name, objective in local.objectives : name => {
      for speed, rate in local.burn_rates : "${speed} burn" => join(" and ", concat(
        [
          for window in [rate.long, rate.short] :
          "${local.sums["${objective.bad} ${window}"]} / ${local.sums["${objective.total} ${window}"]} > ${rate.factor * (100 - objective.percent) / 100}"
        ],
        ["${local.sums["${objective.total} ${rate.long}"]} >= ${var.objectives.minimum_chats}"],
      ))
    }
  }
}

resource "google_monitoring_custom_service" "nexus" {
  display_name = "Nexus: ${var.name}"

  depends_on = [google_project_service.enabled]
}

resource "google_monitoring_slo" "nexus" {
  for_each = local.objectives

  service             = google_monitoring_custom_service.nexus.service_id
  slo_id              = each.key
  display_name        = "${var.name}: ${each.key}"
  goal                = each.value.percent / 100
  rolling_period_days = 28

  request_based_sli {
    good_total_ratio {
      total_service_filter = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.counter[each.value.total].name}\" AND resource.type=\"cloud_run_revision\""
      bad_service_filter   = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.counter[each.value.bad].name}\" AND resource.type=\"cloud_run_revision\""
    }
  }
}
