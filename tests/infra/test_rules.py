"""Rules for what stands in infra/: none is needed to run, all are needed to trust it."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INFRA = HERE.parents[1] / "infra"
FILES = sorted(INFRA.rglob("*.tf"))
TESTS = "\n".join(
    file.read_text() for folder in (INFRA, HERE) for file in folder.rglob("*.tftest.hcl")
)

_BLOCK = re.compile(
    r'((?:^#[^\n]*\n)*)^(\w+) "(\w+)"(?: "(\w+)")? \{\n(.*?)^\}', re.MULTILINE | re.DOTALL
)


def blocks(kind: str) -> list[tuple[str, str, str, str]]:
    """Comment above, first label, second label, and body of each block."""
    return [
        (comment, first, second, body)
        for file in FILES
        for comment, found, first, second, body in _BLOCK.findall(file.read_text())
        if found == kind
    ]


BINDINGS = [block for block in blocks("resource") if "_iam_" in block[1]]
VARIABLES = blocks("variable")


@pytest.mark.parametrize("binding", BINDINGS, ids=lambda binding: f"{binding[1]}.{binding[2]}")
def test_each_role_is_justified_and_listed(binding: tuple[str, str, str, str]) -> None:
    comment, kind, name, _ = binding

    assert kind.endswith("_iam_member"), "a policy or a binding would undo what others granted"
    assert comment.startswith("# Lets "), "say above it who may do what, and why"
    assert f"{kind}.{name}" in TESTS, "list it in infra/tests/permissions.tftest.hcl"


@pytest.mark.parametrize(
    "variable", VARIABLES, ids=[f"{number}-{found[1]}" for number, found in enumerate(VARIABLES)]
)
def test_each_variable_is_typed_described_and_validated(
    variable: tuple[str, str, str, str],
) -> None:
    _, name, _, body = variable
    is_checked_by_its_type = re.search(r"^  type += bool$", body, re.MULTILINE)
    is_of_the_bundle = name == "repository"

    assert re.search(r"^  type +=", body, re.MULTILINE)
    assert re.search(r"^  description +=", body, re.MULTILINE)
    if not is_checked_by_its_type and not is_of_the_bundle:
        assert "  validation {" in body
        assert re.search(rf"^ .*\bvar\.{name}\b", _expected_failures(), re.MULTILINE), (
            "add a wrong value to tests/infra/validation.tftest.hcl"
        )


def _expected_failures() -> str:
    return "\n".join(
        f" {found}" for found in re.findall(r"expect_failures = \[(.*?)\]", TESTS, re.DOTALL)
    )


def test_each_message_says_what_is_allowed() -> None:
    messages = re.findall(r'error_message = "(.*)"$', "".join(b[3] for b in VARIABLES), re.M)

    assert messages
    for message in messages:
        assert re.search(r"\bmust\b|\bnot both\b", message), message
        assert message.endswith("."), message


def test_each_check_that_is_switched_off_has_its_reason() -> None:
    skips = [line for file in FILES for line in file.read_text().splitlines() if "checkov:" in line]

    assert skips
    for skip in skips:
        assert re.fullmatch(r" +#checkov:skip=CKV2?_GCP_\d+:\S.{15,}", skip), skip


def test_outputs_are_described() -> None:
    for _, name, _, body in blocks("output"):
        assert re.search(r"^  description +=", body, re.MULTILINE), name


def test_names_in_files_of_variables_and_outputs_are_sorted() -> None:
    for file in FILES:
        if file.name.startswith(("variables", "outputs")):
            names = re.findall(r'^(?:variable|output) "(\w+)"', file.read_text(), re.MULTILINE)
            assert names == sorted(names), file.name
