#!/bin/sh
# Installs Debian's packages for tests/browser where that may be done.
set -u

needs() { command -v "$1" >/dev/null 2>&1 || echo "$2"; }
packages="$(needs chromium-headless-shell chromium-headless-shell) $(needs chromedriver chromium-driver) \
$(needs firefox-esr firefox-esr) $(needs WebKitWebDriver webkit2gtk-driver) $(needs Xvfb xvfb)"

# shellcheck disable=SC2086 # one word a package
set -- $packages
if [ $# -eq 0 ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then exit 0; fi

echo "Installing the packages $* …" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
# One by one: without the first, Chromium itself is tested; without another, its tests are skipped.
for package; do
    apt-get install -y -qq --no-install-recommends "$package" >&2 ||
        echo "$package could not be installed." >&2
done
