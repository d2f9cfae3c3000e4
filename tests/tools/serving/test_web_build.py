"""The built page: its weight, and the list of files that whoever uploads it goes by."""

import gzip
import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tools.serving.static_files import web_client

DIST = Path(__file__).parents[3] / "web/dist"
SCRIPT_BUDGET = 40 * 1024
FIRST_VIEW_BUDGET = 45 * 1024


@pytest.fixture(scope="module")
def page() -> str:
    if not (DIST / "index.html").is_file():
        pytest.skip("missing tool: the web build; run: make web-build")
    return (DIST / "index.html").read_text()


@pytest.fixture(scope="module")
def assets(page: str) -> dict[str, Any]:
    listed: dict[str, Any] = json.loads((DIST / "assets.json").read_text())
    return listed


def first_view(page: str, language: str = "en") -> dict[str, int]:
    """What a browser fetches to show the page in a language, with its size in gzip."""
    linked = re.findall(r'(?:src|href)="([^"]+)"', page)
    (words,) = (DIST / "assets").glob(f"{language}-*.js")
    paths = ["index.html", "config.json", *linked, f"assets/{words.name}"]
    return {path: len(gzip.compress((DIST / path).read_bytes(), 9)) for path in paths}


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt", "ja", "ar"])
def test_the_first_view_keeps_to_its_budget_in_every_language(page: str, language: str) -> None:
    sizes = first_view(page, language)
    scripts = sum(size for path, size in sizes.items() if path.endswith(".js"))

    assert 0 < scripts <= SCRIPT_BUDGET, sizes
    assert sum(sizes.values()) <= FIRST_VIEW_BUDGET, sizes


def test_the_only_font_is_that_of_formulas(assets: dict[str, Any], page: str) -> None:
    styles = "".join(path.read_text() for path in DIST.glob("assets/*.css"))

    assert re.findall(r"@font-face\{font-family:\"(.*?)\"", styles) == ["Nexus Math"]
    (font,) = (path for path in assets if re.search(r"\.(woff2?|ttf|otf)$", path))
    assert font not in first_view(page)


def test_the_list_has_every_file_and_its_size(assets: dict[str, Any]) -> None:
    files = {str(path.relative_to(DIST)): path for path in DIST.rglob("*") if path.is_file()}
    del files["assets.json"]
    compressed = {path: files.pop(file["gzip"]) for path, file in assets.items() if "gzip" in file}

    assert {Path(path).suffix for path in compressed} == {".js", ".css", ".svg"}
    for path, copy in compressed.items():
        assert gzip.decompress(copy.read_bytes()) == files[path].read_bytes()
    assert assets.keys() == files.keys()
    assert {path: file["bytes"] for path, file in assets.items()} == {
        path: file.stat().st_size for path, file in files.items()
    }


def test_the_list_gives_the_headers_with_which_files_are_served_here(
    assets: dict[str, Any],
) -> None:
    client = TestClient(web_client(DIST))
    for path, file in assets.items():
        headers = client.get(f"/{path}").headers
        assert headers["content-type"] == file["content_type"], path
        assert headers["cache-control"] == file["cache_control"], path


def test_settings_replace_values_of_the_configuration(assets: dict[str, Any]) -> None:
    built = json.loads((DIST / "config.json").read_text())
    reply = TestClient(web_client(DIST, {"deviceAnswers": False})).get("/config.json")

    assert reply.json() == {**built, "deviceAnswers": False}
    assert reply.headers["cache-control"] == assets["config.json"]["cache_control"]


@pytest.mark.parametrize(
    "path",
    ["index.html", "config.json", "status.css", "status.js", "sw.js", "manifest.webmanifest"],
)
def test_files_that_keep_their_names_are_asked_for_each_time(
    assets: dict[str, Any], path: str
) -> None:
    assert assets[path]["cache_control"] == "no-cache"


def test_the_manifest_makes_the_page_installable(page: str) -> None:
    manifest = json.loads((DIST / "manifest.webmanifest").read_text())

    assert '<link rel="manifest" href="manifest.webmanifest">' in page
    assert (manifest["name"], manifest["display"]) == ("Nexus", "standalone")
    assert (DIST / manifest["start_url"]).is_file()
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}
    drawn = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in drawn}
    for icon in drawn:
        width, height = struct.unpack(">II", (DIST / icon["src"]).read_bytes()[16:24])
        assert icon["sizes"] == f"{width}x{height}"
    assert all((DIST / icon["src"]).is_file() for icon in manifest["icons"])


def test_the_worker_keeps_what_the_first_view_needs(page: str) -> None:
    worker = (DIST / "sw.js").read_text()
    needed = set(re.findall(r'assets/[^"]+\.(?:js|css)', page))

    assert needed
    assert [path for path in needed if path not in worker] == []


def test_the_worker_keeps_no_file_twice(page: str) -> None:
    kept = re.findall(r"assets/[\w.-]+", (DIST / "sw.js").read_text())

    assert len(kept) == len(set(kept))  # a browser refuses the whole list otherwise
    assert any("/conversation-" in path for path in kept)
