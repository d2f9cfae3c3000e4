variable "alert_email" {
  description = "Address for alerts. Null: alerts show in the console only."
  type        = string
  default     = null

  validation {
    condition     = var.alert_email == null || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alert_email))
    error_message = "alert_email must be one address such as operator@example.org, or null for none."
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

variable "objectives" {
  description = <<-EOT
    What visitors may expect, over four weeks. answered_percent: chats that get a whole answer.
    first_text_percent: answers whose first text comes within first_text_seconds. minimum_chats:
    an alert needs so many in its window, because one failed chat of three is no incident.
  EOT
  type = object({
    answered_percent   = optional(number, 99)
    first_text_percent = optional(number, 95)
    first_text_seconds = optional(number, 10)
    minimum_chats      = optional(number, 20)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for percent in [var.objectives.answered_percent, var.objectives.first_text_percent] : percent >= 94 && percent < 100])
    error_message = "objectives.answered_percent and first_text_percent must be from 94 to below 100: of a lower one, no burn rate of 14.4 could be reached."
  }
  validation {
    condition     = var.objectives.first_text_seconds >= 1 && var.objectives.first_text_seconds <= 55
    error_message = "objectives.first_text_seconds must be from 1 to 55: a chat's deadline is 55 seconds."
  }
  validation {
    condition     = var.objectives.minimum_chats >= 1 && floor(var.objectives.minimum_chats) == var.objectives.minimum_chats
    error_message = "objectives.minimum_chats must be a whole number of at least 1."
  }
}
