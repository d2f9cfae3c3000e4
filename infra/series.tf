# PromQL names of metrics: the first slash becomes a colon, every other special character an
# underscore. A metric of several resource types needs `monitored_resource`.

locals {
  on_run = "monitored_resource='cloud_run_revision'"

  log_metric_names = {
    for name in concat(keys(local.log_counters), keys(local.log_distributions)) :
    name => "logging_googleapis_com:user_${replace("${var.name}/${name}", "/[^0-9A-Za-z]/", "_")}"
  }

  # The metrics' filters already name the functions.
  log_series = { for name, metric in local.log_metric_names : name => "${metric}{${local.on_run}}" }

  run_selector = join(",", [local.on_run, "service_name=~'${join("|", values(local.service_names))}'"])

  firestore_selector = "monitored_resource='firestore.googleapis.com/Database',database_id='${local.database}'"
}
