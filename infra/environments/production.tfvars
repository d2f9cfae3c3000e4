# Production. project_id comes from the command line (TF_VAR_project_id); all else has its default in
# infra/variables.tf and its neighbours, and belongs here as soon as it is another.

gemini_api_key_version = 1 # as `gcloud secrets versions list` shows it

chat = {
  min_instances = 1 # nobody waits for a cold start; it costs, see docs/deploy.md
}
check_availability = {
  min_instances = 1
}
