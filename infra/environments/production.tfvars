# Production. project_id comes from TF_VAR_project_id; everything else has a default in
# infra/variables*.tf, and belongs here if it differs.

gemini_api_key_version = 1 # as `gcloud secrets versions list` shows it

chat = {
  min_instances = 1 # avoids cold starts; docs/google-cloud.md has the cost
}
check_availability = {
  min_instances = 1
}
