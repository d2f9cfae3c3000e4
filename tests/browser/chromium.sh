#!/bin/sh
# Runs $CHROMIUM without processes that it starts in case a visitor needs them: for the next site,
# and for two hidden pages of the address bar of each window.
# It heeds only the last --disable-features, so these are added to Playwright's.
for argument; do
    shift
    case $argument in
    --disable-features=*)
        argument=$argument,SpareRendererForSitePerProcess,WebUIOmniboxPopup,WebUIOmniboxAimPopup
        ;;
    esac
    set -- "$@" "$argument"
done
exec "$CHROMIUM" "$@"
