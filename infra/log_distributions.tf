# How long answers take, for percentiles, and what attempts cost, for sums: distributions of numbers
# in the same log events.

locals {
  log_distributions = merge(local.log_latencies, local.log_tokens, local.log_forecasts, local.log_line)

  log_latencies = {
    answer_milliseconds = {
      events  = ["chat.answered"]
      field   = "milliseconds"
      labels  = ["model"]
      means   = "From a chat's arrival to the end of its answer"
      unit    = "ms"
      buckets = local.latency_buckets
    }
    first_text_milliseconds = {
      events  = ["chat.answered"]
      field   = "first_text_milliseconds"
      labels  = ["model"]
      means   = "From a chat's arrival to the first text of its answer"
      unit    = "ms"
      buckets = local.latency_buckets
    }
  }

  log_tokens = {
    for field, means in {
      prompt_tokens               = "Tokens of prompts, as Gemini told"
      completion_tokens           = "Tokens of text and thoughts, as Gemini told"
      estimated_prompt_tokens     = "Tokens of prompts, estimated where Gemini told nothing"
      estimated_completion_tokens = "Tokens of text and thoughts, estimated where Gemini told nothing"
      } : field => {
      events  = ["chat.answered", "attempt.accounted"]
      field   = field
      labels  = ["model", "target", "tier"]
      means   = means
      unit    = "1"
      buckets = local.token_buckets
    }
  }

  log_forecasts = {
    quota_minutes_left = {
      events  = ["forecast.made"]
      field   = "minutes_left"
      labels  = ["key"]
      means   = "Until the quota of the day ends, as foreseen"
      unit    = "min"
      buckets = local.minute_buckets
    }
  }

  log_line = {
    line_waiting = {
      events  = ["line.moved"]
      field   = "waiting"
      labels  = []
      means   = "People who wait in line"
      unit    = "1"
      buckets = local.token_buckets
    }
    line_per_second = {
      events  = ["line.moved"]
      field   = "per_second"
      labels  = []
      means   = "Numbers called a second"
      unit    = "1/s"
      buckets = local.token_buckets
    }
  }

  # 29 boundaries from 100 ms to 64 s, beyond a chat's deadline, each a quarter above the last: so a
  # percentile is off by a quarter at most.
  latency_buckets = { scale = 100, growth_factor = 1.25, num_finite_buckets = 29 }

  # Nobody asks for percentiles of these, and sums are exact.
  minute_buckets = { scale = 1, growth_factor = 2, num_finite_buckets = 11 }
  token_buckets  = { scale = 1, growth_factor = 4, num_finite_buckets = 11 }
}

resource "google_logging_metric" "distribution" {
  for_each = local.log_distributions

  name             = "${var.name}/${each.key}"
  description      = "${each.value.means}: ${each.value.field} of the log event ${join(" or ", each.value.events)}."
  filter           = "${local.log_filter} AND jsonPayload.event=(${join(" OR ", formatlist("\"%s\"", each.value.events))})"
  value_extractor  = "EXTRACT(jsonPayload.${each.value.field})"
  label_extractors = { for field in each.value.labels : field => "EXTRACT(jsonPayload.${field})" }

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "DISTRIBUTION"
    unit         = each.value.unit
    display_name = each.value.means

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  bucket_options {
    exponential_buckets {
      scale              = each.value.buckets.scale
      growth_factor      = each.value.buckets.growth_factor
      num_finite_buckets = each.value.buckets.num_finite_buckets
    }
  }

  depends_on = [google_project_service.enabled]
}
