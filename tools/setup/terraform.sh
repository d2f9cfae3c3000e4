#!/bin/sh
# Checks infra/ without an account: format, validity, tests. Nothing of it touches a cloud.
# Usage: terraform.sh                  check all
#        terraform.sh prepare FOLDER   lay a copy of the project there, ready for `terraform test`
#
# It works in a copy, so that infra/ keeps no traces. The providers come from Terraform's registry.
# Where that cannot be reached, stand-ins that know only their schemas will do, if the folder that
# sets them up lies beside the project, or where TERRAFORM_OFFLINE says. Without either the checks
# are skipped, in CI too: no package registry has Terraform or its providers.
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

copy_to() {
    mkdir -p "$1"
    tar -cf - --exclude=.git --exclude=.venv --exclude=node_modules --exclude=.cache --exclude=.local \
        --exclude=.terraform --exclude='*.tfstate*' --exclude=__pycache__ . | tar -xf - -C "$1"
}

init() {
    terraform -chdir="$1" init -backend=false -input=false -no-color 2>&1
}

prepare() {
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
}

check() {
    # Providers are chosen by now; what this machine says of them is of no use any more.
    export TF_CLI_CONFIG_FILE=/dev/null
    for root in $(roots "$1"); do
        echo "$root:"
        terraform -chdir="$1/$root" validate -no-color || return 1
        terraform -chdir="$1/$root" test -no-color || return 1
    done
}

case ${1:-check} in
prepare)
    prepare "$2"
    ;;
check)
    if command -v terraform >/dev/null 2>&1; then
        TF_CLI_CONFIG_FILE=/dev/null terraform fmt -check -recursive -diff infra || { echo "Not formatted; run: terraform fmt -recursive infra"; exit 1; }
    fi
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    (prepare "$copy")
    code=$?
    [ $code -eq 3 ] && exit 0
    [ $code -eq 0 ] || exit 1
    check "$copy"
    ;;
*)
    echo "usage: terraform.sh [prepare FOLDER]" >&2
    exit 2
    ;;
esac
