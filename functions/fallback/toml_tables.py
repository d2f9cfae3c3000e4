"""Reads tables of a TOML file, and refuses in one line what could not work."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from fallback.core.hierarchy import InvalidConfigurationError

Check = Callable[[object], bool]
Rule = tuple[Check, str]
"""Whether a value is allowed, and what is, in words."""


def read_tables(path: Path) -> Mapping[str, Any]:
    """All tables of a file.

    Raises:
        InvalidConfigurationError: The file cannot be read, or is not TOML.
    """
    try:
        # Editors on Windows may begin a file with a byte order mark, which TOML does not know.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidConfigurationError(f"cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidConfigurationError(f"is not TOML ({error})") from error


def is_number(value: object) -> bool:
    """Whether a value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def between(low: float, high: float, *, whole: bool = False) -> Rule:
    """The rule for a number within bounds, both included."""

    def check(value: object) -> bool:
        return is_number(value) and low <= value <= high and (not whole or isinstance(value, int))  # type: ignore[operator]  # is_number has seen to it

    return check, f"a {'whole number' if whole else 'number'} from {low:.10g} to {high:.10g}"


def table(data: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, Any]:
    """One table; empty where it is left out."""
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise InvalidConfigurationError(f"{where}{key}: must be a table")
    return found


def checked(
    data: Mapping[str, Any], key: str, rules: Mapping[str, Rule], where: str = ""
) -> dict[str, Any]:
    """The values of one table, each checked by its rule; lists become tuples."""
    return checked_values(table(data, key, where), rules, f"{where}{key}.")


def checked_values(
    found: Mapping[str, Any], rules: Mapping[str, Rule], where: str, *, hidden: str = ""
) -> dict[str, Any]:
    """The same of a table that has been found.

    Args:
        found: The table.
        rules: By key.
        where: What stands before a key in messages.
        hidden: The key whose value no message may show.
    """
    only_known(found, rules, where)
    for name, value in found.items():
        check, allowed = rules[name]
        if not check(value):
            shown = "" if name == hidden else f", not {value!r}"
            raise InvalidConfigurationError(f"{where}{name}: must be {allowed}{shown}")
    return {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}


def only_known(found: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Refuses keys that mean nothing, which are misspelt as a rule."""
    for key in found:
        if key not in known:
            raise InvalidConfigurationError(
                f"{where}{key}: is not a setting; known are {', '.join(known)}"
            )
