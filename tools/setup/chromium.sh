#!/bin/sh
# Finds a Chromium that runs, or installs one, and prints its path; progress goes to stderr.
# First $CHROMIUM, then an installed one, then Debian's package, then Playwright's download.
set -u
cd "$(dirname "$0")/../.." || exit 1
python=.venv/bin/python

# Ubuntu's package is a stub that only asks for snap: what counts is that it runs.
use_if_it_runs() {
    path=$(command -v "$1" 2>/dev/null) || return 0
    if "$path" --version >/dev/null 2>&1; then
        echo "$path"
        exit 0
    fi
}

playwrights_own() {
    "$python" -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)' 2>/dev/null
}

if [ -n "${CHROMIUM:-}" ]; then
    use_if_it_runs "$CHROMIUM"
    echo "CHROMIUM=$CHROMIUM does not run; looking for another one." >&2
fi
for name in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    use_if_it_runs "$name"
done
use_if_it_runs "$(playwrights_own)"

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing the package chromium …" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends chromium >&2
    use_if_it_runs chromium
fi

echo "Downloading Playwright's Chromium …" >&2
"$python" -m playwright install chromium >&2
use_if_it_runs "$(playwrights_own)"

echo "No Chromium was found, and none could be installed: set CHROMIUM to the path of one." >&2
exit 1
