# What targets on Vertex AI need: the API, and the chat's identity in place of a key.

# Lets the chat ask Gemini in this project.
resource "google_project_iam_member" "chat_asks_vertex" {
  count = local.is_on_vertex ? 1 : 0

  project = var.project_id
  role    = "roles/aiplatform.user"
  member  = google_service_account.chat.member
}
