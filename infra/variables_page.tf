# What an operator makes their own on the page. docs/branding.md shows it.

locals {
  # Something visible, and no character that controls a line or turns its direction: the page's rule (core/branding.js).
  harmless = "[^\\p{Cc}\\x{202D}\\x{202E}]*"
  visible  = "[^\\p{C}\\p{Z}\\x{034F}\\x{115F}\\x{1160}\\x{17B4}\\x{17B5}\\x{180B}-\\x{180F}\\x{3164}\\x{FE00}-\\x{FE0F}\\x{FFA0}]"
  one_line = "^${local.harmless}${local.visible}${local.harmless}$"
}

variable "branding" {
  description = "The operator's own: name, tagline, language (of these texts, such as de-AT), accent (#rrggbb), logo (an image file, relative to infra/), starters, notice, and the addresses of privacy, terms and imprint. What is left out has the page's default."
  type = object({
    name     = optional(string)
    tagline  = optional(string)
    language = optional(string)
    accent   = optional(string)
    logo     = optional(string)
    starters = optional(list(string))
    notice   = optional(string)
    links = optional(object({
      privacy = optional(string)
      terms   = optional(string)
      imprint = optional(string)
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for text, longest in { name = 80, tagline = 200, notice = 400 } :
      var.branding[text] == null || can(regex(local.one_line, var.branding[text])) && length(coalesce(var.branding[text], " ")) <= longest
    ])
    error_message = "branding.name, .tagline and .notice must be one visible line of at most 80, 200 and 400 characters, and none that turns the direction of text."
  }
  validation {
    condition     = var.branding.language == null || can(regex("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", var.branding.language))
    error_message = "branding.language must be the tag of a language, such as en or de-AT."
  }
  validation {
    condition     = var.branding.accent == null || can(regex("^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$", var.branding.accent))
    error_message = "branding.accent must be a colour such as #0b6558."
  }
  validation {
    condition     = var.branding.logo == null || can(regex("[.](svg|png|webp|jpg)$", var.branding.logo)) && fileexists("${path.module}/${coalesce(var.branding.logo, "none")}")
    error_message = "branding.logo must be an .svg, .png, .webp or .jpg file that exists, relative to infra/."
  }
  validation {
    condition     = length(coalesce(var.branding.starters, [])) <= 8 && alltrue([for starter in coalesce(var.branding.starters, []) : can(regex(local.one_line, starter)) && length(starter) <= 200])
    error_message = "branding.starters must be at most 8 texts of one line and at most 200 characters."
  }
  validation {
    condition     = alltrue([for address in values(coalesce(var.branding.links, {})) : address == null || can(regex("^https?://[^[:space:]]+$", address))])
    error_message = "branding.links must be addresses with https:// or http://."
  }
}

variable "embed_origins" {
  description = "Origins of pages that may show the chat in a panel with embed.js, such as https://www.example.com. Every other page is refused."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.embed_origins : can(regex("^https?://[a-z0-9.-]+(:[0-9]{1,5})?$", origin))])
    error_message = "embed_origins must be origins in lower case such as https://www.example.com, without a path."
  }
}
