"""Issues and revokes access codes: `make access-code` and `make revoke-code`.

It reads the environment and the configuration as the functions do, because a code is signed with
their secret, and revoked in their store.
"""

import argparse
import os
import sys
from datetime import timedelta

from fallback.ports import StoreUnavailableError
from fallback.settings import InvalidSettingError
from fallback.system_clock import SystemClock
from nexus.bootstrap import signing_secrets, visitor_store
from nexus.fairness.identity import Identities
from nexus.settings import ServiceSettings, read_service_settings
from tools.operate import FUNCTIONS
from tools.operate.store import store_in_use

CONFIGURATION = FUNCTIONS / "nexus.toml"
MAX_DAYS = 3650


class CodeError(Exception):
    """The request is impossible; the message says why, in one line."""


def issue(settings: ServiceSettings, group: str, days: int) -> str:
    """Returns a new code of a group.

    Raises:
        CodeError: There is no such group, or no such number of days.
    """
    groups = settings.visitors.groups
    if group not in groups:
        known = ", ".join(groups) or "none"
        raise CodeError(f"GROUP: {group!r} is not in [visitors.groups] of nexus.toml ({known})")
    if not 1 <= days <= MAX_DAYS:
        raise CodeError(f"DAYS: must be a whole number from 1 to {MAX_DAYS}")
    expires_at = SystemClock().now() + timedelta(days=days)
    return _identities(settings).issue(group, expires_at)


def revoke(settings: ServiceSettings, code: str) -> str:
    """Revokes a code, within a minute; returns its group's name.

    Raises:
        CodeError: It was not issued with this key, or the store is down.
    """
    read = _identities(settings).read(code)
    if read is None:
        raise CodeError("CODE: is no code that was issued with this NEXUS_SIGNING_SECRET or key")
    try:
        visitor_store(settings).revoke(read.id, read.expires_at)
    except StoreUnavailableError as error:
        raise CodeError(f"the store cannot be reached ({error}); the code still works") from error
    return read.group


def _identities(settings: ServiceSettings) -> Identities:
    is_local = settings.fallback.sqlite_path is not None or "FIRESTORE_EMULATOR_HOST" in os.environ
    if not settings.signing_secrets and not (is_local and settings.fallback.keys):
        raise CodeError(
            "NEXUS_SIGNING_SECRET: must be the functions' own; codes are signed with it"
        )
    return Identities(signing_secrets(settings), settings.visitors)


def main() -> int:
    """Runs the command line, and prints the result in one line."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.operate.access_codes", description=__doc__
    )
    commands = parser.add_subparsers(dest="command", required=True)
    issuing = commands.add_parser("issue", help="print a new code")
    issuing.add_argument("group", help="a name in [visitors.groups]")
    issuing.add_argument("--days", type=int, default=30, help="for how long it opens anything")
    revoking = commands.add_parser("revoke", help="make a code worthless")
    revoking.add_argument("code")
    options = parser.parse_args()
    try:
        settings = read_service_settings(os.environ, default_config=CONFIGURATION)
        is_revoking = options.command == "revoke"
        state = store_in_use(os.environ, settings.fallback, will_change=is_revoking)
        if not is_revoking:
            code = issue(settings, options.group, options.days)
            print(f"{state} (a new code changes nothing there)", file=sys.stderr)
            print(code)
        else:
            print(state)
            group = revoke(settings, options.code)
            print(f"Revoked: a code of {group}. Running functions know within a minute.")
    except (InvalidSettingError, CodeError) as error:
        print(f"Nexus: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
