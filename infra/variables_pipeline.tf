# Whether commits are deployed automatically, and from where.

variable "pipeline" {
  description = <<-TEXT
    Deploys each commit of a branch with cloudbuild.yaml. `connection`: Cloud Build's connection to the
    repository host, created once in the same region. `environment`: a name in infra/environments/.
    `approval`: each build waits for a person. Null: no trigger.
  TEXT
  type = object({
    approval     = optional(bool, false)
    branch       = optional(string, "main")
    connection   = string
    environment  = string
    repository   = string
    state_bucket = optional(string)
  })
  default = null

  validation {
    condition     = var.pipeline == null || can(regex("^https://[^/@]+/.+[.]git$", var.pipeline.repository))
    error_message = "pipeline.repository must be the address to clone from, such as https://github.com/OWNER/NAME.git, without a user or a token in it."
  }
  validation {
    condition     = var.pipeline == null || can(regex("^[A-Za-z0-9][A-Za-z0-9_-]*$", var.pipeline.connection))
    error_message = "pipeline.connection must be the name of a connection, as `gcloud builds connections list` shows it."
  }
  validation {
    condition     = var.pipeline == null || can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", var.pipeline.branch))
    error_message = "pipeline.branch must be the name of one branch, not a pattern."
  }
  validation {
    condition     = var.pipeline == null || try(fileexists("${path.module}/environments/${var.pipeline.environment}.tfvars"), false)
    error_message = "pipeline.environment must be the name of a file in infra/environments/, such as staging or production."
  }
  validation {
    condition     = var.pipeline == null || try(var.pipeline.state_bucket == null || can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.pipeline.state_bucket)), false)
    error_message = "pipeline.state_bucket must be null, which means PROJECT-nexus-state, or the name of a bucket."
  }
}
