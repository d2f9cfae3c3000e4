#!/bin/sh
# Makes a copy of the project in which `terraform validate` and `terraform test` run without a cloud.
# Usage: terraform.sh FOLDER
#
# The providers come from Terraform's registry. If that cannot be reached, stand-ins that know only
# the providers' schemas take their place: TERRAFORM_OFFLINE, or a folder beside the project, has the
# script that sets them up. Without either it exits with 3 and says why: no package registry has
# Terraform or its providers, so CI cannot install them.
set -u
cd "$(dirname "$0")/../.." || exit 1
offline=${TERRAFORM_OFFLINE:-../shared/tools/terraform-offline}

export TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
export TF_REGISTRY_DISCOVERY_RETRY=0 TF_REGISTRY_CLIENT_TIMEOUT=10
# The provider of Google is large: it is fetched once.
mkdir -p .cache/terraform
export TF_PLUGIN_CACHE_DIR="$PWD/.cache/terraform" TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=1

skip() {
    echo "Skipped: $1" >&2
    exit 3
}

# Every folder that is applied by itself says which versions it needs.
roots() { (cd "$1" && find infra -name .terraform -prune -o -name versions.tf -print | sort | xargs -n 1 dirname); }

# Without the functions' packages: Terraform would sort the bundle's files by their whole text, which
# takes most of its time, while the provider that reads it is mocked. Which files are in the bundle
# tests/infra/test_bundle.py sees.
copy_to() {
    mkdir -p "$1"
    tar -cf - --exclude='./functions/*/*' --exclude=.git --exclude=.venv --exclude=node_modules --exclude=.cache --exclude=.local \
        --exclude=.terraform --exclude='*.tfstate*' --exclude=__pycache__ . | tar -xf - -C "$1"
}

init() {
    terraform -chdir="$1" init -backend=false -input=false -no-color 2>&1
}

[ $# -eq 1 ] || { echo "usage: terraform.sh FOLDER" >&2; exit 2; }
command -v terraform >/dev/null 2>&1 || skip "terraform is not installed: https://developer.hashicorp.com/terraform/install"
copy_to "$1" || exit 1
for root in $(roots "$1"); do
    said=$(init "$1/$root") && continue
    if ! echo "$said" | grep -Eq 'could not connect|Failed to install provider'; then
        echo "$said" >&2
        exit 1
    fi
    [ -x "$offline/install.sh" ] || skip "the registry of Terraform's providers cannot be reached."
    unset TF_PLUGIN_CACHE_DIR
    TF_CLI_CONFIG_FILE=$("$offline/install.sh" | tail -n 1) || exit 1
    export TF_CLI_CONFIG_FILE
    rm -f "$1/$root/.terraform.lock.hcl"
    init "$1/$root" || exit 1
done
