# Which credentials the targets of functions/nexus.toml need.

locals {
  target_count = length(regexall("(?m)^\\[\\[targets\\]\\]", local.nexus_toml))
  vertex_count = length(regexall("(?m)^vertex_location *=", local.nexus_toml))

  # `key = "GEMINI_API_KEY_SECOND"` names the variable that holds a key.
  named_keys        = flatten(regexall("(?m)^key *= *\"([A-Z][A-Z0-9_]*)\"", local.nexus_toml))
  further_variables = setsubtract(local.named_keys, ["GEMINI_API_KEY"])

  # A target that names neither a key nor a location takes GEMINI_API_KEY; so does the service without targets.
  needs_gemini_api_key = local.target_count == 0 || contains(local.named_keys, "GEMINI_API_KEY") || local.target_count > local.vertex_count + length(local.named_keys)
  is_on_vertex         = local.vertex_count > 0
}
