# What is deployed as the functions' source: a list of files, and one hash over them.
#
# Without a provider, so that tests can apply it anywhere and see the real list.

variable "repository" {
  description = "Path of the folder that holds functions/ and requirements.txt."
  type        = string
}

locals {
  # Tests and whatever is hidden (.venv, .local) are no part of a deployment; the patterns below
  # take in nothing else, so caches and files of the system are left out as well.
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
  description = "Path in the bundle to path in the repository."
  value       = local.files
}

output "hash" {
  description = "SHA-256 over paths and contents: the same on each machine, another after each change."
  value = sha256(join("\n", [
    for path, source in local.files : "${filesha256("${var.repository}/${source}")}  ${path}"
  ]))
}
