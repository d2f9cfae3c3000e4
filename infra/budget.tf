# Warns when the project has spent part of its monthly budget. It stops nothing.
#
# Applying this needs roles/billing.costsManager on the billing account and, with a person's own
# login, the provider's `user_project_override`; otherwise the API answers 403.

resource "google_project_service" "budgets" {
  count = var.budget == null ? 0 : 1

  service            = "billingbudgets.googleapis.com"
  disable_on_destroy = false
}

data "google_project" "billed" {
  count = var.budget == null ? 0 : 1

  project_id = var.project_id
}

resource "google_billing_budget" "monthly" {
  count = var.budget == null ? 0 : 1

  billing_account = var.budget.billing_account
  display_name    = var.name

  budget_filter {
    # The number, because the API returns numbers: an id would show a change in every plan.
    projects = ["projects/${data.google_project.billed[0].number}"]
  }

  amount {
    specified_amount {
      currency_code = var.budget.currency
      units         = tostring(var.budget.amount)
    }
  }

  dynamic "threshold_rules" {
    for_each = var.budget.thresholds_percent
    content {
      threshold_percent = threshold_rules.value / 100
    }
  }

  dynamic "all_updates_rule" {
    for_each = length(local.notification_channels) == 0 ? [] : [local.notification_channels]
    content {
      monitoring_notification_channels = all_updates_rule.value
    }
  }

  depends_on = [google_project_service.budgets]
}
