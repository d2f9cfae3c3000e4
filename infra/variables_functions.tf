# How the functions run.

variable "chat" {
  description = <<-TEXT
    The function chat. `concurrency`: requests at once per instance, each on its own thread.
    `timeout_seconds`: when Google cuts off a request; at least 10 more than `deadline_seconds` in
    functions/nexus.toml. `max_instances` limits the bill.
  TEXT
  type = object({
    concurrency     = optional(number, 40)
    max_instances   = optional(number, 20)
    min_instances   = optional(number, 0)
    timeout_seconds = optional(number, 75)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.chat.concurrency >= 1 && var.chat.concurrency <= 1000 && floor(var.chat.concurrency) == var.chat.concurrency
    error_message = "chat.concurrency must be a whole number from 1 to 1000."
  }
  validation {
    condition     = var.chat.max_instances >= 1 && var.chat.max_instances <= 1000 && floor(var.chat.max_instances) == var.chat.max_instances
    error_message = "chat.max_instances must be a whole number from 1 to 1000."
  }
  validation {
    condition     = var.chat.min_instances >= 0 && var.chat.min_instances <= var.chat.max_instances && floor(var.chat.min_instances) == var.chat.min_instances
    error_message = "chat.min_instances must be a whole number from 0 to chat.max_instances."
  }
  validation {
    condition     = var.chat.timeout_seconds >= 1 && var.chat.timeout_seconds <= 3600 && floor(var.chat.timeout_seconds) == var.chat.timeout_seconds
    error_message = "chat.timeout_seconds must be a whole number of seconds from 1 to 3600."
  }
}

variable "check_availability" {
  description = "The function check_availability; see `chat`. A poll is answered within 0.1 s; a stream lasts up to 300 s, and seven in eight of the threads may hold one."
  type = object({
    concurrency     = optional(number, 256)
    max_instances   = optional(number, 10)
    min_instances   = optional(number, 0)
    timeout_seconds = optional(number, 330)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.check_availability.concurrency >= 1 && var.check_availability.concurrency <= 1000 && floor(var.check_availability.concurrency) == var.check_availability.concurrency
    error_message = "check_availability.concurrency must be a whole number from 1 to 1000."
  }
  validation {
    condition     = var.check_availability.max_instances >= 1 && var.check_availability.max_instances <= 1000 && floor(var.check_availability.max_instances) == var.check_availability.max_instances
    error_message = "check_availability.max_instances must be a whole number from 1 to 1000."
  }
  validation {
    condition     = var.check_availability.min_instances >= 0 && var.check_availability.min_instances <= var.check_availability.max_instances && floor(var.check_availability.min_instances) == var.check_availability.min_instances
    error_message = "check_availability.min_instances must be a whole number from 0 to check_availability.max_instances."
  }
  validation {
    condition     = var.check_availability.timeout_seconds >= 1 && var.check_availability.timeout_seconds <= 3600 && floor(var.check_availability.timeout_seconds) == var.check_availability.timeout_seconds
    error_message = "check_availability.timeout_seconds must be a whole number of seconds from 1 to 3600."
  }
}

variable "further_key_versions" {
  description = "Versions of the secrets of further targets' keys, by variable, such as GEMINI_API_KEY_SECOND. Version 1 where it is not named."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for version in values(var.further_key_versions) : version >= 1 && floor(version) == version])
    error_message = "further_key_versions must be whole numbers of 1 or more, as `gcloud secrets versions list` shows them."
  }
}

variable "gemini_api_key" {
  description = "Key of the Gemini Developer API. Terraform writes it to Secret Manager when gemini_api_key_edition is new, and stores it nowhere else. Set TF_VAR_gemini_api_key only then."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.gemini_api_key == null || can(regex("^[!-~]+$", var.gemini_api_key))
    error_message = "gemini_api_key must be letters, digits and signs of ASCII, without spaces."
  }
}

variable "gemini_api_key_edition" {
  description = "Number of the key that Terraform writes: 1 for the first gemini_api_key, one more for each new one. Null: Terraform writes none."
  type        = number
  default     = null

  validation {
    condition     = var.gemini_api_key_edition == null || try(var.gemini_api_key_edition >= 1 && floor(var.gemini_api_key_edition) == var.gemini_api_key_edition, false)
    error_message = "gemini_api_key_edition must be null or a whole number of 1 or more."
  }
}

variable "gemini_api_key_version" {
  description = "Version of the secret, if added with `gcloud secrets versions add`. Null: that of gemini_api_key_edition, or no key."
  type        = number
  default     = null

  validation {
    condition     = var.gemini_api_key_version == null || try(var.gemini_api_key_version >= 1 && floor(var.gemini_api_key_version) == var.gemini_api_key_version, false)
    error_message = "gemini_api_key_version must be null or a whole number of 1 or more, as `gcloud secrets versions list` shows it."
  }
  validation {
    condition     = var.gemini_api_key_version == null || var.gemini_api_key_edition == null
    error_message = "Set gemini_api_key_version or gemini_api_key_edition, not both: the key is either added with gcloud or written by Terraform."
  }
}

variable "hierarchy" {
  description = "Name of the model hierarchy in functions/nexus.toml."
  type        = string
  default     = "default"
  nullable    = false

  validation {
    condition     = contains(local.hierarchies, var.hierarchy)
    error_message = "hierarchy must be one that functions/nexus.toml has: ${join(", ", local.hierarchies)}."
  }
}

variable "log_level" {
  description = "Lowest severity that the functions log."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL."
  }
}

variable "signing_secret_version" {
  description = "Version of the signing secret, if it has been rotated with `gcloud secrets versions add`. Null: the one that Terraform wrote."
  type        = number
  default     = null

  validation {
    condition     = var.signing_secret_version == null || try(var.signing_secret_version >= 1 && floor(var.signing_secret_version) == var.signing_secret_version, false)
    error_message = "signing_secret_version must be null or a whole number of 1 or more, as `gcloud secrets versions list` shows it."
  }
}
