"""Draws the installed page's icons from `web/src/icon.svg`: `python -m tools.page.icons`."""

import os
import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

SOURCE = Path(__file__).parents[2] / "web/src"
SIZES = {"icon-192.png": 192, "icon-512.png": 512}
# Systems cut these to a shape of their own, so their colour goes up to the edges.
UNCUT_SIZES = {"touch-180.png": 180, "maskable-512.png": 512}


def main() -> None:
    """Draw every icon in Chromium, which is there for the tests anyway."""
    drawing = (SOURCE / "icon.svg").read_text()
    uncut = re.sub(r' rx="\d+"', "", drawing)
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        for drawn, sizes in ((drawing, SIZES), (uncut, UNCUT_SIZES)):
            for name, size in sizes.items():
                page.set_viewport_size({"width": size, "height": size})
                page.set_content(
                    f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{drawn}"
                )
                page.screenshot(path=SOURCE / "icons" / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
