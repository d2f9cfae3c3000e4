#!/bin/sh
# Says, one line for each, which of the tools that `make` cannot install are missing or too old.
# Usage: preflight.sh [--python-only] [PYTHON]
set -u

needs_node=true
if [ "${1:-}" = --python-only ]; then
    needs_node=false
    shift
fi
python=${1:-python3}
ok=true

# What is needed, what was found, where to get it.
miss() {
    echo "Nexus needs $1; found $2. Install it from $3 or your package manager." >&2
    ok=false
}

if ! command -v "$python" >/dev/null 2>&1; then
    miss "Python 3.11 or newer" "no $python" https://www.python.org/downloads/
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    found=$("$python" --version 2>&1)
    miss "Python 3.11 or newer" "${found#Python }" https://www.python.org/downloads/
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "Nexus needs Python's module venv; $python has none. Install it with your package" \
        "manager (Debian, Ubuntu: python3-venv)." >&2
    ok=false
fi

if ! $needs_node; then
    $ok
    exit
fi

found=none
command -v node >/dev/null 2>&1 && found=$(node --version 2>&1)
major=${found#v}
major=${major%%.*}
# A text that is no number makes `[` fail, and is too old.
[ "$major" -ge 20 ] 2>/dev/null || miss "node 20 or newer" "$found" https://nodejs.org/
command -v npm >/dev/null 2>&1 || miss npm none https://nodejs.org/

$ok
