# What differs between two deployments. Each value is checked before anything is planned.

variable "deletion_protection" {
  description = "Whether `terraform destroy` must fail at the database and at buckets that hold files. Set it to false, apply, then destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "domain" {
  description = "Host name of the chat, such as chat.example.com: with it come a load balancer, a certificate and Cloud Armor. Null: the page is served from its bucket, and the functions from their own addresses."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}$", var.domain))
    error_message = "domain must be null or a host name in lower case, such as chat.example.com, without https:// and without a path."
  }
}

variable "firestore_database" {
  description = "Name of the Firestore database. Another than (default) where the project has one already, or where two deployments share it."
  type        = string
  default     = "(default)"
  nullable    = false

  validation {
    condition     = var.firestore_database == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.firestore_database))
    error_message = "firestore_database must be (default), or 4 to 63 lower-case letters, digits and dashes that begin with a letter and do not end with a dash."
  }
}

variable "firestore_location" {
  description = "Where the database is, which nobody can change later. Null: in the region of the functions, where reading it is fastest. nam5 and eur3 keep it in several regions."
  type        = string
  default     = null

  validation {
    condition     = var.firestore_location == null || can(regex("^(nam5|nam7|eur3|[a-z]+-[a-z]+[0-9]+)$", var.firestore_location))
    error_message = "firestore_location must be null, a region such as us-central1, or one of nam5, nam7 and eur3."
  }
}

variable "further_origins" {
  description = "Origins of other pages that may read the functions' replies, beside the page's own."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.further_origins : can(regex("^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$", origin))])
    error_message = "further_origins must be origins such as https://www.example.com, without a path."
  }
}

variable "name" {
  description = "What the names of all resources begin with; another one for each deployment in one project."
  type        = string
  default     = "nexus"
  nullable    = false

  validation {
    # The longest name that is made of it, NAME-check-availability, is that of a service account.
    condition     = can(regex("^[a-z]([a-z0-9-]{0,9}[a-z0-9])?$", var.name))
    error_message = "name must be 1 to 11 lower-case letters, digits and dashes that begin with a letter and do not end with a dash."
  }
}

variable "project_id" {
  description = "The Google Cloud project, by its id."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a project: 6 to 30 lower-case letters, digits and dashes that begin with a letter and do not end with a dash."
  }
}

variable "public" {
  description = "Whether everybody may call the functions and read the page by the member allUsers. False where an organisation's policy forbids it; infra/README.md says what to do then."
  type        = bool
  default     = true
  nullable    = false
}

variable "region" {
  description = "Where functions and buckets are. The default is among the cheapest, has the free tier of Cloud Storage, and lies where Gemini takes keys without billing, which it does not in Europe."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region of Google Cloud, such as us-central1 or europe-west1, not a zone."
  }
}

variable "requests_per_minute" {
  description = "With a domain: how many requests one address may send in a minute, to the chat and to check-availability. More are refused with 429. An office may share one address."
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
  description = "Folder of the built page, seen from infra/."
  type        = string
  default     = "../web/dist"
  nullable    = false

  validation {
    condition     = fileexists("${path.module}/${var.web_dist}/assets.json")
    error_message = "web_dist must be a folder with the built page, and ${var.web_dist} has none: run `make web-build` first."
  }
}
