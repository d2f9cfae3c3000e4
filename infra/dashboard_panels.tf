# The dashboard's charts, three in a row, in the order of an operator's questions. A query that keeps
# a label draws a line for each value; a query without one is named by its key.

locals {
  per_minute = { for name, series in local.log_series : name => "rate(${series}[$${__interval}]) * 60" }
  requests   = "run_googleapis_com:request_count{${local.run_selector}}"

  latency_queries = {
    for name in keys(local.log_latencies) : name => {
      for label, quantile in { p50 = 0.5, p95 = 0.95, p99 = 0.99 } :
      label => "histogram_quantile(${quantile}, sum by (le) (rate(${local.log_metric_names[name]}_bucket{${local.on_run}}[$${__interval}])))"
    }
  }

  # Told and estimated together: what Google bills.
  token_queries = {
    for kind in ["prompt", "completion"] : kind => join(" + ", [
      for name in ["${kind}_tokens", "estimated_${kind}_tokens"] :
      "sum by (model) (rate(${local.log_metric_names[name]}_sum{${local.on_run}}[$${__interval}]) * 60)"
    ])
  }

  # One event an hour, so the mean of the last hour and a bit is its value.
  forecast_parts = {
    for part in ["sum", "count"] : part =>
    "sum by (key) (increase(${local.log_metric_names.quota_minutes_left}_${part}{${local.on_run}}[70m]))"
  }

  # Each instance that moves the line tells every ten seconds, so the mean is its value.
  line_queries = {
    for name in keys(local.log_line) : name => join(" / ", [
      for part in ["sum", "count"] : "sum(rate(${local.log_metric_names[name]}_${part}{${local.on_run}}[$${__interval}]))"
    ])
  }

  # The 95th percentile of a distribution that Cloud Run measures in each instance.
  instance_queries = {
    for name in ["cpu_utilizations", "memory_utilizations", "max_request_concurrencies"] :
    name => "histogram_quantile(0.95, sum by (le, service_name) (rate(run_googleapis_com:container_${name}_bucket{${local.run_selector}}[$${__interval}])))"
  }

  panels = [
    { title = "Objectives: chats answered, first texts in time", plot = "LINE", unit = "%"
      queries = {
        for name, objective in local.objectives : name =>
        "100 * (1 - (sum(${local.per_minute[objective.bad]}) or vector(0)) / sum(${local.per_minute[objective.total]}))"
    } },
    { title = "Answers a minute, by model", plot = "STACKED_AREA", unit = "1/min"
    queries = { "" = "sum by (model) (${local.per_minute.answers})" } },
    { title = "Answers by other models than the primary", plot = "LINE", unit = "%"
    queries = { share = "100 * (sum(${local.per_minute.fallbacks}) or vector(0)) / sum(${local.per_minute.answers})" } },
    { title = "Refusals a minute, by reason", plot = "STACKED_BAR", unit = "1/min"
    queries = { "" = "sum by (reason) (${local.per_minute.refusals})" } },

    { title = "Exhaustion windows opened a minute, by model, target and reason", plot = "STACKED_BAR", unit = "1/min"
    queries = { "" = "sum by (model, target, reason) (${local.per_minute.windows_opened})" } },
    { title = "Failed attempts a minute, by kind", plot = "STACKED_BAR", unit = "1/min"
    queries = { "" = "sum by (kind) (${local.per_minute.failed_attempts})" } },
    { title = "Failed attempts a minute, by model and target", plot = "STACKED_BAR", unit = "1/min"
    queries = { "" = "sum by (model, target) (${local.per_minute.failed_attempts})" } },

    { title = "Time to the first text", plot = "LINE", unit = "ms"
    queries = local.latency_queries.first_text_milliseconds },
    { title = "Time to the end of the answer", plot = "LINE", unit = "ms"
    queries = local.latency_queries.answer_milliseconds },
    { title = "Answers interrupted and abandoned a minute", plot = "LINE", unit = "1/min"
      queries = {
        abandoned   = "sum(${local.per_minute.abandoned_chats})"
        interrupted = "sum(${local.per_minute.broken_streams})"
    } },

    { title = "Tokens of prompts a minute, by model", plot = "STACKED_AREA", unit = "1/min"
    queries = { "" = local.token_queries.prompt } },
    { title = "Tokens of answers and thoughts a minute, by model", plot = "STACKED_AREA", unit = "1/min"
    queries = { "" = local.token_queries.completion } },

    { title = "Hours until the quota of the day ends, as foreseen", plot = "LINE", unit = "h"
    queries = { "" = "${local.forecast_parts.sum} / ${local.forecast_parts.count} / 60" } },
    { title = "Calls that cost tokens a minute, by target and service tier", plot = "STACKED_AREA", unit = "1/min"
    queries = { "" = "sum by (target, tier) (rate(${local.log_metric_names.prompt_tokens}_count{${local.on_run}}[$${__interval}]) * 60)" } },

    { title = "People who wait in line", plot = "LINE", unit = "1"
    queries = { waiting = local.line_queries.line_waiting } },
    { title = "Numbers called a second", plot = "LINE", unit = "1/s"
    queries = { called = local.line_queries.line_per_second } },

    { title = "Errors a minute", plot = "STACKED_BAR", unit = "1/min"
      queries = {
        "internal errors" = "sum(${local.per_minute.internal_errors})"
        misconfigured     = "sum(${local.per_minute.misconfigured})"
        "retired models"  = "sum(${local.per_minute.retired_models})"
    } },
    { title = "5xx replies a minute, by status and function", plot = "STACKED_BAR", unit = "1/min"
    queries = { "" = "sum by (response_code, service_name) (rate(run_googleapis_com:request_count{${local.run_selector},response_code_class='5xx'}[$${__interval}]) * 60)" } },
    { title = "Rejected requests a minute, by code", plot = "STACKED_BAR", unit = "1/min"
    queries = { "" = "sum by (code) (${local.per_minute.rejected_requests})" } },

    { title = "Firestore documents a minute", plot = "LINE", unit = "1/min"
      queries = {
        for operation in ["delete", "read", "write"] :
        "${operation}s" => "sum(rate(firestore_googleapis_com:document_${operation}_ops_count{${local.firestore_selector}}[$${__interval}]) * 60)"
    } },
    { title = "Instances that lost or recovered the store a minute", plot = "LINE", unit = "1/min"
      queries = {
        lost      = "sum(${local.per_minute.store_unavailable})"
        recovered = "sum(${local.per_minute.store_recovered})"
    } },
    { title = "Requests a minute, by function", plot = "LINE", unit = "1/min"
    queries = { "" = "sum by (service_name) (rate(${local.requests}[$${__interval}]) * 60)" } },

    { title = "Ratings in 24 hours, by model", plot = "LINE", unit = "1"
    queries = { "" = "sum by (model, rating) (increase(${local.log_series.ratings}[1d]))" } },
    { title = "What was wrong in 24 hours, by model and reason", plot = "LINE", unit = "1"
    queries = { "" = "sum by (model, reason) (increase(${local.log_series.rating_reasons}[1d]))" } },

    { title = "Instances, by function and state", plot = "STACKED_AREA", unit = "1"
    queries = { "" = "sum by (service_name, state) (run_googleapis_com:container_instance_count{${local.run_selector}})" } },
    { title = "Concurrent requests per instance", plot = "LINE", unit = "1"
    queries = { "" = local.instance_queries.max_request_concurrencies } },
    { title = "CPU and memory per instance", plot = "LINE", unit = "10^2.%"
    queries = { CPU = local.instance_queries.cpu_utilizations, memory = local.instance_queries.memory_utilizations } },
  ]
}
