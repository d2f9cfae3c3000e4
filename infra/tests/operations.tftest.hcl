# Metrics, dashboard, alerts, uptime checks, channel and budget.

mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan

  mock_resource "google_monitoring_dashboard" {
    defaults = { id = "projects/4711/dashboards/abc" }
  }
  mock_resource "google_monitoring_notification_channel" {
    defaults = { id = "projects/acme-chat/notificationChannels/1" }
  }
  mock_data "google_project" {
    defaults = { number = "4711" }
  }
}

mock_provider "archive" {}

override_resource {
  target          = google_cloudfunctions2_function.chat
  override_during = plan
  values          = { service_config = { uri = "https://nexus-chat-abc-uc.a.run.app" } }
}

override_resource {
  target          = google_cloudfunctions2_function.check_availability
  override_during = plan
  values          = { service_config = { uri = "https://nexus-check-availability-abc-uc.a.run.app" } }
}

override_resource {
  target          = google_monitoring_uptime_check_config.nexus["chat"]
  override_during = plan
  values          = { uptime_check_id = "id-of-chat" }
}
override_resource {
  target          = google_monitoring_uptime_check_config.nexus["check_availability"]
  override_during = plan
  values          = { uptime_check_id = "id-of-check_availability" }
}
override_resource {
  target          = google_monitoring_uptime_check_config.nexus["models"]
  override_during = plan
  values          = { uptime_check_id = "id-of-models" }
}

variables {
  project_id = "acme-chat"
}

run "without_domain_channel_and_budget" {
  command = plan

  assert {
    condition = { for name, check in google_monitoring_uptime_check_config.nexus : name => "${check.monitored_resource[0].labels.host}${check.http_check[0].path}" } == {
      chat               = "nexus-chat-abc-uc.a.run.app/v1/models"
      check_availability = "nexus-check-availability-abc-uc.a.run.app/"
      models             = "nexus-check-availability-abc-uc.a.run.app/"
    }
    error_message = "Uptime checks must ask the functions' own hosts."
  }
  assert {
    condition     = alltrue([for check in google_monitoring_uptime_check_config.nexus : check.http_check[0].use_ssl && check.http_check[0].validate_ssl])
    error_message = "Uptime checks must go over HTTPS with a valid certificate."
  }

  assert {
    condition     = length(google_monitoring_notification_channel.email) == 0
    error_message = "Without alert_email there must be no channel."
  }
  assert {
    condition     = alltrue([for policy in local.policies : length(policy.notification_channels) == 0])
    error_message = "Without alert_email no alert may name a channel."
  }
  assert {
    condition     = length(google_billing_budget.monthly) == 0 && length(google_project_service.budgets) == 0
    error_message = "Without a budget there must be neither a budget nor its API."
  }

  assert {
    condition     = length(local.policies) == 13 && toset([for policy in local.policies : policy.display_name]) == toset([for name in keys(local.alerts) : "nexus: ${name}"])
    error_message = "There must be one policy for each alert."
  }
  assert {
    condition = alltrue(flatten([
      for policy in google_monitoring_alert_policy.rate : [
        for condition in policy.conditions : [
          for name in regexall("logging_googleapis_com:user_nexus_([a-z_]+?)(?:_bucket|_sum|_count)?\\{", condition.condition_prometheus_query_language[0].query) :
          contains(concat(keys(google_logging_metric.counter), keys(google_logging_metric.distribution)), name[0])
        ]
      ]
    ]))
    error_message = "An alert names a metric that does not exist."
  }
  assert {
    condition = alltrue([
      for policy in google_monitoring_alert_policy.rate : alltrue([
        for condition in policy.conditions : length(regexall("[a-z]+_googleapis_com:", condition.condition_prometheus_query_language[0].query)) > 0
      ])
    ])
    error_message = "An alert on a rate must name a metric."
  }
  assert {
    condition = alltrue([
      for name, policy in google_monitoring_alert_policy.uptime :
      strcontains(policy.conditions[0].condition_threshold[0].filter, "metric.labels.check_id=\"id-of-${local.uptime_alerts[name].check}\"")
    ])
    error_message = "An alert on an uptime check must name that check."
  }
  assert {
    condition     = toset([for alert in local.uptime_alerts : alert.check]) == toset(keys(google_monitoring_uptime_check_config.nexus))
    error_message = "Each uptime check must have its alert."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.log["model-retired"].documentation[0].content, "successor: $${log.extracted_label.successor}\n\nWhat to do: docs/operations.md, section *A model is retired*.")
    error_message = "A notification must say what the line says, and where to read on."
  }
  # The API refuses a condition on log lines without a limit.
  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.log : length(policy.alert_strategy[0].notification_rate_limit) == 1])
    error_message = "An alert on log lines must limit its notifications."
  }

  assert {
    condition = { for name, slo in google_monitoring_slo.nexus : name => [slo.goal, slo.request_based_sli[0].good_total_ratio[0].bad_service_filter] } == {
      chats-answered     = [0.99, "metric.type=\"logging.googleapis.com/user/nexus/unanswered_chats\" AND resource.type=\"cloud_run_revision\""]
      first-text-in-time = [0.95, "metric.type=\"logging.googleapis.com/user/nexus/late_answers\" AND resource.type=\"cloud_run_revision\""]
    }
    error_message = "The objectives must be what the console shows."
  }

  assert {
    condition = toset(flatten([
      for name in regexall("logging_googleapis_com:user_nexus_([a-z_]+?)(?:_bucket|_sum|_count)?\\{", google_monitoring_dashboard.nexus.dashboard_json) : name
    ])) == toset(concat(keys(google_logging_metric.counter), keys(google_logging_metric.distribution)))
    error_message = "The dashboard must show each metric that exists, and no other."
  }
  assert {
    condition = alltrue([
      for metric in concat(values(google_logging_metric.counter), values(google_logging_metric.distribution)) :
      strcontains(metric.filter, "resource.labels.service_name=(\"nexus-chat\" OR \"nexus-check-availability\") AND jsonPayload.event=")
    ])
    error_message = "A metric must count the lines of both functions, and of nothing else."
  }
  assert {
    condition     = google_logging_metric.counter["fallbacks"].name == "nexus/fallbacks" && endswith(google_logging_metric.counter["fallbacks"].filter, " AND jsonPayload.event=(\"chat.answered\") AND jsonPayload.fallbacks>0")
    error_message = "Fallbacks are answers with fallbacks above 0."
  }
}

run "another_name_and_a_budget_without_channel" {
  command = plan

  variables {
    name   = "nexus-stage"
    budget = { billing_account = "012345-6789AB-CDEF01", amount = 50 }
  }

  assert {
    condition     = google_logging_metric.counter["answers"].name == "nexus-stage/answers" && strcontains(google_monitoring_alert_policy.rate["chats-answered"].conditions[0].condition_prometheus_query_language[0].query, "logging_googleapis_com:user_nexus_stage_unanswered_chats{")
    error_message = "Queries must name the metrics as PromQL does: a dash is an underscore."
  }
  assert {
    condition     = length(google_billing_budget.monthly[0].all_updates_rule) == 0 && length(google_billing_budget.monthly[0].threshold_rules) == 3
    error_message = "Without a channel the billing account's administrators are told, at the default thresholds."
  }
}

run "with_domain_channel_and_budget" {
  command = plan

  variables {
    domain      = "chat.example.org"
    alert_email = "operator@example.org"
    budget      = { billing_account = "012345-6789AB-CDEF01", amount = 50, currency = "EUR", thresholds_percent = [50, 100] }
  }

  assert {
    condition = { for name, check in google_monitoring_uptime_check_config.nexus : name => "${check.monitored_resource[0].labels.host}${check.http_check[0].path}" } == {
      chat               = "chat.example.org/api/chat/v1/models"
      check_availability = "chat.example.org/api/check-availability"
      models             = "chat.example.org/api/check-availability"
    }
    error_message = "With a domain, uptime checks must come through it: the functions take nobody else."
  }
  assert {
    condition     = google_monitoring_notification_channel.email[0].labels.email_address == "operator@example.org"
    error_message = "The channel must send to alert_email."
  }
  assert {
    condition     = alltrue([for policy in local.policies : policy.notification_channels == tolist(["projects/acme-chat/notificationChannels/1"])])
    error_message = "Each alert must use the channel."
  }
  assert {
    condition     = google_billing_budget.monthly[0].amount[0].specified_amount[0].units == "50" && google_billing_budget.monthly[0].amount[0].specified_amount[0].currency_code == "EUR"
    error_message = "The budget must have the amount and the currency that were given."
  }
  assert {
    condition     = [for rule in google_billing_budget.monthly[0].threshold_rules : rule.threshold_percent] == [0.5, 1]
    error_message = "The API counts in parts of one, not in percent."
  }
  assert {
    condition     = google_billing_budget.monthly[0].budget_filter[0].projects == toset(["projects/4711"])
    error_message = "The budget must be that of this project alone, by its number."
  }
  assert {
    condition     = google_billing_budget.monthly[0].all_updates_rule[0].monitoring_notification_channels == tolist(["projects/acme-chat/notificationChannels/1"])
    error_message = "The budget must use the channel as well."
  }
  assert {
    condition     = length(google_project_service.budgets) == 1
    error_message = "A budget needs its API."
  }
}
