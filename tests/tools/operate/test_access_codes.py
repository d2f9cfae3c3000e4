"""The commands that issue and revoke access codes, as an operator runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fallback.stores.sqlite_texts import SqliteTextStore
from nexus.fairness.store import REVOKED

ROOT = Path(__file__).parents[3]


class Operator:
    def __init__(self, folder: Path) -> None:
        self.database = folder / "nexus.db"
        self._environ = os.environ | {
            "GEMINI_API_KEY": "made-up-key-for-tests",
            "NEXUS_STATE": f"sqlite:{self.database}",
        }

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tools.operate.access_codes", *arguments],
            cwd=ROOT,
            env=self._environ | environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_a_code_is_printed_and_can_be_revoked(operator: Operator) -> None:
    issued = operator.run("issue", "friends")
    code = issued.stdout.strip()
    revoked = operator.run("revoke", code)

    assert (issued.returncode, revoked.returncode) == (0, 0)
    assert code.startswith("nexus-code.friends.")
    state, revoked_line = revoked.stdout.splitlines()
    assert state == f"State: {operator.database}"
    assert revoked_line.startswith("Revoked: a code of friends.")
    revoked_codes = SqliteTextStore(operator.database, REVOKED).marked(REVOKED)
    assert revoked_codes == {code.split(".")[2]}


def test_a_code_is_signed_with_the_first_secret_and_read_with_all(operator: Operator) -> None:
    code = operator.run("issue", "friends", NEXUS_SIGNING_SECRET="old").stdout.strip()

    assert operator.run("revoke", code, NEXUS_SIGNING_SECRET="new,old").returncode == 0
    assert operator.run("revoke", code, NEXUS_SIGNING_SECRET="new").returncode == 1
    assert operator.run("revoke", code).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        (
            ("issue", "foes"),
            {},
            "GROUP: 'foes' is not in [visitors.groups] of nexus.toml (friends)",
        ),
        (("issue", "friends", "--days", "0"), {}, "DAYS: must be a whole number from 1 to 3650"),
        (
            ("issue", "friends"),
            {"GEMINI_API_KEY": ""},
            "NEXUS_SIGNING_SECRET: must be the functions' own",
        ),
        (("issue", "friends"), {"NEXUS_STATE": "x"}, "NEXUS_STATE: 'x' must be"),
        (
            ("issue", "friends"),
            {"NEXUS_STATE": "firestore", "GOOGLE_CLOUD_PROJECT": "acme-chat"},
            "NEXUS_SIGNING_SECRET: must be the functions' own",
        ),
        (
            ("revoke", "nexus-code.friends.x"),
            {"NEXUS_STATE": "", "GOOGLE_CLOUD_PROJECT": "acme-chat"},
            "NEXUS_STATE: is not set. Set NEXUS_STATE=firestore for acme-chat",
        ),
        (("revoke", "nexus-code.friends.x"), {}, "CODE: is no code that was issued"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    operator: Operator, arguments: tuple[str, ...], environ: dict[str, str], words: str
) -> None:
    done = operator.run(*arguments, **environ)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Nexus: {words}")
    assert len(done.stderr.splitlines()) == 1


def test_a_store_that_is_down_leaves_the_code_working_and_says_so(
    operator: Operator, tmp_path: Path
) -> None:
    code = operator.run("issue", "friends").stdout.strip()
    (tmp_path / "file").write_text("in the way")

    done = operator.run("revoke", code, NEXUS_STATE=f"sqlite:{tmp_path / 'file' / 'nexus.db'}")

    assert done.returncode == 1
    assert "the code still works" in done.stderr
