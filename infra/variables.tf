# What differs between deployments. Terraform checks each value before it plans.

variable "deletion_protection" {
  description = "Whether `terraform destroy` fails at the database and non-empty buckets. To destroy, set it to false and apply first."
  type        = bool
  default     = true
  nullable    = false
}

variable "device_answers" {
  description = "Whether the page may offer answers from the language model of the visitor's own browser while no Gemini model answers."
  type        = bool
  default     = true
  nullable    = false
}

variable "domain" {
  description = "Host name of the chat, such as chat.example.com; adds a load balancer, a certificate and Cloud Armor. Null: page and functions have their own addresses."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}$", var.domain))
    error_message = "domain must be null or a host name in lower case, such as chat.example.com, without https:// and without a path."
  }
}

variable "feedback" {
  description = "Whether visitors may rate answers: a thumb and a reason, counted by model, without their name or any text."
  type        = bool
  default     = false
  nullable    = false
}

variable "firestore_database" {
  description = "Name of the Firestore database. Choose another than (default) if that exists, or if two deployments share the project."
  type        = string
  default     = "(default)"
  nullable    = false

  validation {
    condition     = var.firestore_database == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.firestore_database))
    error_message = "firestore_database must be (default), or 4 to 63 lower-case letters, digits and dashes that begin with a letter and do not end with a dash."
  }
}

variable "firestore_location" {
  description = "Location of the database, which cannot change later. Null: the functions' region, which is fastest. nam5 and eur3 are multi-region."
  type        = string
  default     = null

  validation {
    condition     = var.firestore_location == null || can(regex("^(nam5|nam7|eur3|[a-z]+-[a-z]+[0-9]+)$", var.firestore_location))
    error_message = "firestore_location must be null, a region such as us-central1, or one of nam5, nam7 and eur3."
  }
}

variable "further_origins" {
  description = "Origins of other pages that may read the functions' replies."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.further_origins : can(regex("^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$", origin))])
    error_message = "further_origins must be origins such as https://www.example.com, without a path."
  }
}

variable "name" {
  description = "Prefix of all resource names, unique for each deployment in a project."
  type        = string
  default     = "nexus"
  nullable    = false

  validation {
    # The longest resulting name is a service account's: NAME-check-availability.
    condition     = can(regex("^[a-z]([a-z0-9-]{0,9}[a-z0-9])?$", var.name))
    error_message = "name must be 1 to 11 lower-case letters, digits and dashes that begin with a letter and do not end with a dash."
  }
}

variable "project_id" {
  description = "Id of the Google Cloud project."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a project: 6 to 30 lower-case letters, digits and dashes that begin with a letter and do not end with a dash."
  }
}

variable "public" {
  description = "Whether the member allUsers may call the functions and read the page. Set it to false if a policy forbids that; infra/README.md says what to do then."
  type        = bool
  default     = true
  nullable    = false
}

variable "region" {
  description = "Region of functions and buckets. The default is among the cheapest, has Cloud Storage's free tier, and accepts Gemini keys without billing, unlike Europe."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region of Google Cloud, such as us-central1 or europe-west1, not a zone."
  }
}

variable "requests_per_minute" {
  description = "With a domain: requests per minute and address, to the chat and to check-availability; more get 429. An office may share one address."
  type = object({
    chat               = optional(number, 60)
    check_availability = optional(number, 300)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for count in values(var.requests_per_minute) : count >= 1 && count <= 1000000 && floor(count) == count])
    error_message = "requests_per_minute.chat and .check_availability must be whole numbers from 1 to 1000000."
  }
}

variable "web_dist" {
  description = "Folder of the built page, relative to infra/."
  type        = string
  default     = "../web/dist"
  nullable    = false

  validation {
    condition     = fileexists("${path.module}/${var.web_dist}/assets.json")
    error_message = "web_dist must be a folder with the built page, and ${var.web_dist} has none: run `make web-build` first."
  }
}
