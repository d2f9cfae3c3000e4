# The functions' source: a list of files, and one hash over them.
#
# It has no provider, so tests can apply it anywhere and see the real list.

variable "repository" {
  description = "Path of the folder that holds functions/ and requirements.txt."
  type        = string
}

locals {
  # Excludes tests and hidden files (.venv, .local); the patterns below also leave out caches and
  # system files.
  modules = [
    for path in fileset("${var.repository}/functions", "**/*.py") : path
    if length(regexall("(^|/)([.]|test_|tests/|conftest[.]py$)", path)) == 0
  ]

  files = merge(
    { for path in local.modules : path => "functions/${path}" },
    {
      "nexus.toml"       = "functions/nexus.toml"
      "requirements.txt" = "requirements.txt" # the build looks for it beside main.py
    },
  )
}

output "files" {
  description = "Repository paths by path in the bundle."
  value       = local.files
}

output "hash" {
  description = "SHA-256 over paths and contents; the same on each machine."
  value = sha256(join("\n", [
    for path, source in local.files : "${filesha256("${var.repository}/${source}")}  ${path}"
  ]))
}
