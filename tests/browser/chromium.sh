#!/bin/sh
# Runs $CHROMIUM without two hidden pages of its address bar, for which each window would start a
# process. It heeds only the last --disable-features, so theirs are added to Playwright's.
for argument; do
    shift
    case $argument in
    --disable-features=*) argument=$argument,WebUIOmniboxPopup,WebUIOmniboxAimPopup ;;
    esac
    set -- "$@" "$argument"
done
exec "$CHROMIUM" "$@"
