variable "alert_email" {
  description = "Address for alerts. Null: alerts show in the console only."
  type        = string
  default     = null

  validation {
    condition     = var.alert_email == null || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alert_email))
    error_message = "alert_email must be one address such as operator@example.org, or null for none."
  }
}

variable "alert_thresholds" {
  description = <<-EOT
    When rate alerts fire, over ten minutes. failed_percent: share of failed chats.
    first_text_seconds: within which 95 of 100 answers must begin. minimum_chats: below this, neither
    fires, because one failed chat of three is no incident.
  EOT
  type = object({
    failed_percent     = optional(number, 5)
    first_text_seconds = optional(number, 10)
    minimum_chats      = optional(number, 20)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.alert_thresholds.failed_percent > 0 && var.alert_thresholds.failed_percent < 100
    error_message = "alert_thresholds.failed_percent must be above 0 and below 100, in percent."
  }
  validation {
    condition     = var.alert_thresholds.first_text_seconds >= 1 && var.alert_thresholds.first_text_seconds <= 55
    error_message = "alert_thresholds.first_text_seconds must be from 1 to 55: a chat's deadline is 55 seconds."
  }
  validation {
    condition     = var.alert_thresholds.minimum_chats >= 1 && floor(var.alert_thresholds.minimum_chats) == var.alert_thresholds.minimum_chats
    error_message = "alert_thresholds.minimum_chats must be a whole number of at least 1."
  }
}

variable "budget" {
  description = <<-EOT
    Monthly budget of the project. It warns the billing account's administrators and alert_email at
    each threshold, and stops nothing. currency must be the account's. Null: none.
  EOT
  type = object({
    billing_account    = string
    amount             = number
    currency           = optional(string, "USD")
    thresholds_percent = optional(list(number), [50, 90, 100])
  })
  default = null

  validation {
    condition     = var.budget == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account))
    error_message = "budget.billing_account must look like 012345-6789AB-CDEF01; `gcloud billing accounts list` shows yours."
  }
  validation {
    condition     = var.budget == null || try(var.budget.amount >= 1 && floor(var.budget.amount) == var.budget.amount, false)
    error_message = "budget.amount must be a whole number of at least 1, in the budget's currency."
  }
  validation {
    condition     = var.budget == null || can(regex("^[A-Z]{3}$", var.budget.currency))
    error_message = "budget.currency must be a currency's three capital letters, such as USD or EUR."
  }
  validation {
    condition = var.budget == null || try(
      length(var.budget.thresholds_percent) >= 1 &&
      alltrue([for percent in var.budget.thresholds_percent : percent > 0 && percent <= 1000]), false
    )
    error_message = "budget.thresholds_percent must be one or more numbers above 0 and up to 1000, in percent."
  }
}
