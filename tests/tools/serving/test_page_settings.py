"""What an operator sets for the page of `make run`."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tools.serving.page_settings import page_logo, page_settings
from tools.serving.processes import StartError
from tools.serving.static_files import web_client

SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def written(folder: Path, text: str) -> dict[str, str]:
    """The environment that names a file with this text."""
    file = folder / "page.json"
    file.write_text(text, encoding="utf-8")
    return {"NEXUS_PAGE": str(file)}


def test_the_file_s_values_and_its_logo_are_beside_the_page(tmp_path: Path) -> None:
    environ = written(tmp_path, '{"name": "Acme", "logo": "images/acme.svg"}')
    (tmp_path / "images").mkdir()
    (tmp_path / "images/acme.svg").write_text(SVG)
    web = tmp_path / "web"
    web.mkdir()
    (web / "config.json").write_text('{"chatUrl": "here"}')

    client = TestClient(web_client(web, page_settings(environ), page_logo(environ)))

    config = client.get("/config.json").json()
    assert config == {"chatUrl": "here", "name": "Acme", "logo": "logo.svg"}
    logo = client.get("/logo.svg")
    assert (logo.text, logo.headers["content-type"]) == (SVG, "image/svg+xml; charset=utf-8")


@pytest.mark.parametrize("logo", ["no-such-file.png", "data:image/png;base64,AA==", 7])
def test_any_other_logo_is_left_to_the_page(logo: object, tmp_path: Path) -> None:
    environ = written(tmp_path, json.dumps({"logo": logo}))

    assert page_logo(environ) is None
    assert page_settings(environ) == {"logo": logo}


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    assert page_settings(written(tmp_path, '\ufeff{"name": "Äcme"}')) == {"name": "Äcme"}


@pytest.mark.parametrize("text", ["", "not JSON", "[1]"])
def test_a_file_that_holds_no_object_stops_the_start(text: str, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="NEXUS_PAGE"):
        page_settings(written(tmp_path, text))


def test_a_missing_file_stops_the_start_and_an_empty_variable_is_none(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="NEXUS_PAGE"):
        page_settings({"NEXUS_PAGE": str(tmp_path / "none.json")})
    assert page_settings({"NEXUS_PAGE": ""}) == {}


@pytest.mark.parametrize(
    ("variable", "name"),
    [("NEXUS_DEVICE_ANSWERS", "deviceAnswers"), ("NEXUS_FEEDBACK", "feedback")],
)
def test_switches_are_on_or_off_or_left_to_the_page(variable: str, name: str) -> None:
    assert page_settings({variable: "on"}) == {name: True}
    assert page_settings({variable: "off"}) == {name: False}
    assert page_settings({variable: ""}) == {}
    with pytest.raises(StartError, match=variable):
        page_settings({variable: "yes"})
