"""Terraform reads the same targets from nexus.toml as the functions and `make deploy` do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.infra.terraform import ROOT, outputs

MAIN = '[[targets]]\nname = "main"\n'
NAMED = '[[targets]]\nname = "main"\nkey = "GEMINI_API_KEY"\n'
SECOND = '[[targets]]\nname = "second"\nkey = "GEMINI_API_KEY_SECOND"\n'
EUROPE = '[[targets]]\nname = "europe"\nvertex_location = "europe-west4"\n'


@pytest.mark.parametrize(
    ("toml", "needs_main", "further", "is_on_vertex"),
    [
        ("", True, [], False),
        (MAIN, True, [], False),
        (MAIN + SECOND, True, ["GEMINI_API_KEY_SECOND"], False),
        (NAMED + EUROPE, True, [], True),
        (SECOND, False, ["GEMINI_API_KEY_SECOND"], False),
        (SECOND + EUROPE, False, ["GEMINI_API_KEY_SECOND"], True),
        (EUROPE, False, [], True),
    ],
)
def test_targets_need_these_credentials(
    tmp_path: Path, toml: str, needs_main: bool, further: list[str], is_on_vertex: bool
) -> None:
    configuration = (
        (ROOT / "infra/targets.tf").read_text()
        + """
variable "toml" {}
locals { nexus_toml = var.toml }
output "needs" { value = [local.needs_gemini_api_key, local.further_variables, local.is_on_vertex] }
"""
    )

    said = outputs(tmp_path / "terraform", configuration, toml=toml)

    assert said["needs"] == [needs_main, further, is_on_vertex]
