"""What `make run` starts without a key: the emulator answers for every target."""

from pathlib import Path

import pytest

from tools.serving.programs import Ports, backends

PORTS = Ports(gateway=1, chat=2, availability=3, gemini=4, firestore=5)
TARGETS = """
[[targets]]
name = "main"
[[targets]]
name = "second"
key = "GEMINI_API_KEY_SECOND"
"""
VERTEX = TARGETS + '[[targets]]\nname = "europe"\nvertex_location = "europe-west4"\n'


def environment(folder: Path, text: str, **variables: str) -> dict[str, str]:
    """That of the chat function."""
    config = folder / "nexus.toml"
    config.write_text(text, encoding="utf-8")
    environ = {"NEXUS_CONFIG": str(config), **variables}
    programs = backends(environ, PORTS, root=folder, source=folder / "main.py", firestore=False)
    return programs[-2].env


@pytest.mark.parametrize("byte_order_mark", ["", "\ufeff"])
def test_each_target_has_a_key_of_its_own(tmp_path: Path, byte_order_mark: str) -> None:
    env = environment(tmp_path, byte_order_mark + TARGETS)

    assert env["GEMINI_API_KEY"] != env["GEMINI_API_KEY_SECOND"] != ""
    assert env["GOOGLE_GEMINI_BASE_URL"] == "http://127.0.0.1:4"
    assert "GOOGLE_VERTEX_BASE_URL" not in env


def test_vertex_ai_is_the_emulator_with_its_credentials_alone(tmp_path: Path) -> None:
    env = environment(tmp_path, VERTEX, GOOGLE_APPLICATION_CREDENTIALS="/home/me/real.json")

    assert env["GOOGLE_VERTEX_BASE_URL"] == "http://127.0.0.1:4"
    assert env["GCE_METADATA_HOST"] == env["GCE_METADATA_IP"] == "127.0.0.1:4"
    assert env["GOOGLE_APPLICATION_CREDENTIALS"] == ""
    assert env["GOOGLE_CLOUD_PROJECT"]


@pytest.mark.parametrize("text", ["not TOML", "targets = 7", "targets = [7]", ""])
def test_a_configuration_that_cannot_be_read_is_left_to_the_functions(
    text: str, tmp_path: Path
) -> None:
    assert environment(tmp_path, text)["GEMINI_API_KEY"] == "emulator"


def test_with_a_key_everything_is_as_it_was_said(tmp_path: Path) -> None:
    env = environment(tmp_path, VERTEX, GEMINI_API_KEY="real")

    assert env["GEMINI_API_KEY"] == "real"
    assert not env.keys() & {"GEMINI_API_KEY_SECOND", "GOOGLE_VERTEX_BASE_URL"}
