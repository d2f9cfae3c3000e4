# How long answers take: distributions from the same log events, for percentiles.

locals {
  log_distributions = {
    answer_milliseconds = {
      event  = "chat.answered"
      field  = "milliseconds"
      labels = ["model"]
      means  = "From a chat's arrival to the end of its answer"
    }
    first_text_milliseconds = {
      event  = "chat.answered"
      field  = "first_text_milliseconds"
      labels = ["model"]
      means  = "From a chat's arrival to the first text of its answer"
    }
  }

  # 29 boundaries from 100 ms to 64 s, beyond a chat's deadline, each a quarter above the last: so a
  # percentile is off by a quarter at most.
  latency_buckets = { scale = 100, growth_factor = 1.25, num_finite_buckets = 29 }
}

resource "google_logging_metric" "distribution" {
  for_each = local.log_distributions

  name             = "${var.name}/${each.key}"
  description      = "${each.value.means}: ${each.value.field} of the log event ${each.value.event}."
  filter           = "${local.log_filter} AND jsonPayload.event=\"${each.value.event}\""
  value_extractor  = "EXTRACT(jsonPayload.${each.value.field})"
  label_extractors = { for field in each.value.labels : field => "EXTRACT(jsonPayload.${field})" }

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "DISTRIBUTION"
    unit         = "ms"
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
      scale              = local.latency_buckets.scale
      growth_factor      = local.latency_buckets.growth_factor
      num_finite_buckets = local.latency_buckets.num_finite_buckets
    }
  }

  depends_on = [google_project_service.enabled]
}
