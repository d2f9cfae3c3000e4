# Versions. There is no backend: the state stays where it was applied.

terraform {
  required_version = ">= 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.40, < 9.0"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
}
