# Versions, and where the state is stored. The first `make deploy` creates the lock file.

terraform {
  # 1.11 has write-only arguments, which keep the Gemini key out of the state.
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.41, < 9.0"
    }
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.7.1"
    }
  }

  # Partial: `terraform init -backend-config=bucket=… -backend-config=prefix=…`.
  backend "gcs" {}
}

provider "google" {
  project = var.project_id
  region  = var.region

  # Firebase rules and budgets need a quota project, even with a person's own login.
  user_project_override = true
  billing_project       = var.project_id

  default_labels = { app = var.name }
}
