"""Three browser engines behind one narrow interface.

No maintained library drives all of Debian's: selenium has no driver for Firefox without
geckodriver, which no package registry has, and Playwright asks Firefox ESR for what it lacks.
Chromium and WebKitGTK are driven by selenium, Firefox by Mozilla's own Marionette client.
"""

import os
import shutil
import subprocess
import warnings
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.service import Service as WebKitService

from tests.browser.conftest import LAUNCH_FLAGS

# both libraries use what they warn of themselves, and Marionette's leaves a socket to the collector
ignored_warnings = partial(warnings.catch_warnings, action="ignore")
with ignored_warnings():
    from marionette_driver.marionette import Marionette

MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
WIDTH, HEIGHT = 1000, 700


class Browser(Protocol):
    """One browser with one or more tabs, one of them in front."""

    def open(self, url: str) -> None: ...

    def open_tab(self, url: str) -> None:
        """Open one more tab, in front."""

    def show_tab(self, index: int) -> None:
        """Bring a tab to the front, counted in the order of opening."""

    def close_other_tabs(self) -> None: ...

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page, and give what it returns."""

    def enter_frame(self, element: Any) -> None:
        """Let everything that follows be about the document in a frame."""

    def leave_frame(self) -> None: ...

    def reload(self) -> None: ...

    def click(self, element: Any) -> None: ...

    def type(self, element: Any, keys: str) -> None:
        """Type characters, and keys as WebDriver encodes them."""

    def resize(self, width: int, height: int) -> None:
        """Set the size of the window in pixels, frame included."""

    def screenshot(self, path: Path) -> None: ...

    def print_to_pdf(self) -> bytes: ...

    def take_console(self) -> list[str]:
        """What pages have reported since the last call, without replies that were refused."""


class SeleniumBrowser:
    def __init__(self, driver: WebDriver, take_console: Callable[[], list[str]]) -> None:
        self._driver = driver
        self.take_console = take_console

    def open(self, url: str) -> None:
        self._driver.get(url)

    def open_tab(self, url: str) -> None:
        # a window: WebKit opens tabs behind the one that is in front, and draws nothing there
        self._driver.switch_to.new_window("window")
        self._driver.get(url)

    def show_tab(self, index: int) -> None:
        self._driver.switch_to.window(self._driver.window_handles[index])

    def close_other_tabs(self) -> None:
        while len(self._driver.window_handles) > 1:
            self.show_tab(-1)
            self._driver.close()
        self.show_tab(0)

    def run(self, script: str, *arguments: Any) -> Any:
        return self._driver.execute_script(script, *arguments)

    def enter_frame(self, element: Any) -> None:
        self._driver.switch_to.frame(element)

    def leave_frame(self) -> None:
        self._driver.switch_to.default_content()

    def reload(self) -> None:
        self._driver.refresh()

    def click(self, element: Any) -> None:
        element.click()

    def type(self, element: Any, keys: str) -> None:
        element.send_keys(keys)

    def resize(self, width: int, height: int) -> None:
        self._driver.set_window_size(width, height)

    def screenshot(self, path: Path) -> None:
        self._driver.save_screenshot(str(path))

    def print_to_pdf(self) -> bytes:
        if self._driver.name == "MiniBrowser":
            pytest.skip("the driver of WebKitGTK cannot print")
        return b64decode(self._driver.print_page())


class MarionetteBrowser:
    def __init__(self, marionette: Marionette) -> None:
        self._marionette = marionette

    def open(self, url: str) -> None:
        self._marionette.navigate(url)

    def open_tab(self, url: str) -> None:
        handle = self._marionette.open(type="tab", focus=True)["handle"]
        self._marionette.switch_to_window(handle)
        self._marionette.navigate(url)

    def show_tab(self, index: int) -> None:
        self._marionette.switch_to_window(self._marionette.window_handles[index])

    def close_other_tabs(self) -> None:
        while len(self._marionette.window_handles) > 1:
            self.show_tab(-1)
            self._marionette.close()
        self.show_tab(0)

    def run(self, script: str, *arguments: Any) -> Any:
        # without a sandbox, so that a script sees what the page sees
        return self._marionette.execute_script(script, script_args=arguments, sandbox=None)

    def enter_frame(self, element: Any) -> None:
        self._marionette.switch_to_frame(element)

    def leave_frame(self) -> None:
        self._marionette.switch_to_frame()

    def reload(self) -> None:
        self._marionette.refresh()

    def click(self, element: Any) -> None:
        element.click()

    def type(self, element: Any, keys: str) -> None:
        element.send_keys(keys)

    def resize(self, width: int, height: int) -> None:
        self._marionette.set_window_rect(width=width, height=height)

    def screenshot(self, path: Path) -> None:
        path.write_bytes(self._marionette.screenshot(format="binary", full=False))

    def print_to_pdf(self) -> bytes:
        script = """
            const [path, done] = arguments;
            const service = Cc["@mozilla.org/gfx/printsettings-service;1"];
            const settings = service.getService(Ci.nsIPrintSettingsService)
                .createNewPrintSettings();
            settings.isInitializedFromPrinter = settings.isInitializedFromPrefs = true;
            settings.outputFormat = Ci.nsIPrintSettings.kOutputFormatPDF;
            settings.outputDestination = Ci.nsIPrintSettings.kOutputDestinationFile;
            settings.toFileName = path;
            settings.printSilent = true;
            gBrowser.selectedBrowser.browsingContext.print(settings).then(done);
        """
        with TemporaryDirectory() as folder, self._marionette.using_context("chrome"):
            path = Path(folder) / "page.pdf"
            self._marionette.execute_async_script(script, script_args=[str(path)])
            return path.read_bytes()

    def take_console(self) -> list[str]:
        script = """
            const found = Services.console.getMessageArray()
                .filter((message) => message instanceof Ci.nsIScriptError)
                .filter(({ sourceName }) => sourceName.startsWith("http"))
                .map(({ errorMessage }) => errorMessage)
                .filter((words) => !words.startsWith("Script terminated"));  // a tab was closed
            Services.console.reset();
            return found;
        """
        with self._marionette.using_context("chrome"):
            found: list[str] = self._marionette.execute_script(script)
        return found


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM") or path_of("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*LAUNCH_FLAGS, "--disable-dev-shm-usage"):
        options.add_argument(flag)
    service = ChromeService(path_of("chromedriver", package="chromium-driver"))
    driver = webdriver.Chrome(options=options, service=service)

    def take_console() -> list[str]:
        entries = driver.get_log("browser")  # type: ignore[no-untyped-call] # selenium has no types for it
        return [entry["message"] for entry in entries if entry["source"] != "network"]

    try:
        yield SeleniumBrowser(driver, take_console)
    finally:
        driver.quit()


@contextmanager
def firefox(folder: Path) -> Iterator[Browser]:
    with ignored_warnings():
        marionette = Marionette(
            bin=path_of("firefox-esr"),
            port=0,
            headless=True,
            prefs={"devtools.jsonview.enabled": False},  # it would report things of its own
            # only then may a script read the browser's own console
            app_args=["-remote-allow-system-access"],
            gecko_log=str(folder / "gecko.log"),
        )
        marionette.start_session()
    try:
        yield MarionetteBrowser(marionette)
    finally:
        marionette.cleanup()


@contextmanager
def webkit(folder: Path) -> Iterator[Browser]:
    driver_path = path_of("WebKitWebDriver", package="webkit2gtk-driver")
    browsers = sorted(Path("/").glob(MINI_BROWSERS.lstrip("/")))
    if not browsers:
        pytest.skip("missing tool: MiniBrowser; run: apt-get install webkit2gtk-driver")
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(browsers[-1])
    options.add_argument("--automation")
    options.add_argument("--enable-write-console-messages-to-stdout=true")
    log = folder / "webkit.log"
    with display() as name, log.open("w") as output:
        env = {
            **os.environ,
            "DISPLAY": name,
            "GDK_BACKEND": "x11",
            # CI is root in a container, where bubblewrap cannot make a sandbox
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        service = WebKitService(driver_path, log_output=output, env=env)
        with ignored_warnings():
            driver = webdriver.WebKitGTK(options=options, service=service)
        read = 0

        def take_console() -> list[str]:
            nonlocal read
            lines = log.read_text().splitlines()
            found, read = lines[read:], len(lines)
            return [line for line in found if is_report(line)]

        try:
            yield SeleniumBrowser(driver, take_console)
        finally:
            driver.quit()


def is_report(line: str) -> bool:
    """Whether a line of WebKit's log is a page's: `CONSOLE JS ERROR …`, of any source but one."""
    return line.startswith("CONSOLE ") and not line.startswith("CONSOLE NETWORK ")


ENGINES: dict[str, Callable[[Path], AbstractContextManager[Browser]]] = {
    "chromium": chromium,
    "firefox": firefox,
    "webkit": webkit,
}


@contextmanager
def display() -> Iterator[str]:
    """A screen of its own: WebKitGTK cannot do without one."""
    read, write = os.pipe()
    command = [path_of("Xvfb", package="xvfb"), "-displayfd", str(write), "-screen", "0"]
    process = subprocess.Popen(
        [*command, "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as number:
            yield f":{number.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def path_of(program: str, package: str = "") -> str:
    path = shutil.which(program)
    if not path:
        pytest.skip(f"missing tool: {program}; run: apt-get install {package or program}")
    return path
