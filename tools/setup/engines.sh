#!/bin/sh
# Installs Debian's packages for tests/browser/engines where that may be done; else their tests are skipped.
set -u

needs() { command -v "$1" >/dev/null 2>&1 || echo "$2"; }
packages="$(needs chromedriver chromium-driver) $(needs firefox-esr firefox-esr) \
$(needs WebKitWebDriver webkit2gtk-driver) $(needs Xvfb xvfb)"

# shellcheck disable=SC2086 # one word a package
set -- $packages
if [ $# -eq 0 ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then exit 0; fi

echo "Installing the packages $* …" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
apt-get install -y -qq --no-install-recommends "$@" >&2 || echo "They could not be installed." >&2
