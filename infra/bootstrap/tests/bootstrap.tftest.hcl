# The bucket of the state: private, versioned, and hard to lose.

mock_provider "google" {}

variables {
  project_id = "acme-chat"
}

run "the_state_is_kept_safe" {
  command = plan

  assert {
    condition     = output.state_bucket == "acme-chat-nexus-state"
    error_message = "cloudbuild.yaml and infra/pipeline.tf look for the bucket under this name."
  }
  assert {
    condition     = google_storage_bucket.state.public_access_prevention == "enforced" && google_storage_bucket.state.uniform_bucket_level_access
    error_message = "The state must not become public."
  }
  assert {
    condition     = google_storage_bucket.state.versioning[0].enabled
    error_message = "An older state must be there to go back to."
  }
}

run "a_project_by_its_number_is_refused" {
  command = plan
  variables {
    project_id = "1234567890"
  }
  expect_failures = [var.project_id]
}

run "a_zone_is_refused" {
  command = plan
  variables {
    region = "us-central1-a"
  }
  expect_failures = [var.region]
}
