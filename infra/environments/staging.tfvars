# Staging: a small production. project_id comes from TF_VAR_project_id.

gemini_api_key_version = 1 # as `gcloud secrets versions list` shows it

chat = {
  max_instances = 2
}
check_availability = {
  max_instances = 2
}

# May be destroyed at any time.
deletion_protection = false
