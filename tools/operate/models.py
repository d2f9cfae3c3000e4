"""Lists the models that the key can use beside the hierarchy: `make models`, docs/operations.md."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence

from fallback.core.failure import Failure
from fallback.core.hierarchy import Hierarchy
from fallback.gemini.endpoint import DeveloperApi
from fallback.settings import InvalidSettingError
from nexus.settings import read_service_settings
from tools.operate import FUNCTIONS
from tools.operate.model_list import ListedModel, ModelList, ModelListError
from tools.operate.report import Row, table


def main(arguments: Sequence[str]) -> int:
    """Runs the command line; returns the exit status: 1 if a model of the hierarchy is amiss."""
    parser = argparse.ArgumentParser(prog="tools.operate.models", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    asked = parser.parse_args(arguments)
    try:
        settings = read_service_settings(
            os.environ, default_config=FUNCTIONS / "nexus.toml"
        ).fallback
        api_key = next(iter(settings.keys.values()), None)
        if api_key is None:
            return _failed("GEMINI_API_KEY: is not set; the list is of the models that a key sees")
        models = ModelList(DeveloperApi(base_url=settings.base_url, api_key=api_key))
        listed = models.all()
        rows = _hierarchy_rows(settings.hierarchy, listed, models)
    except InvalidSettingError as error:
        return _failed(str(error))
    except ModelListError as error:
        return _failed(f"The models cannot be listed: {error}")
    names = {model.name for model in settings.hierarchy.models}
    others = [
        _row(model, _same(model, list(listed.values())))
        for name, model in listed.items()
        if name not in names and model.writes_text
    ]
    if asked.json:
        print(json.dumps({"hierarchy": rows, "others": others}, indent=1))
    else:
        print(f"The hierarchy {settings.hierarchy.name!r} at {settings.base_url}\n\n{table(rows)}")
        print(f"\nOther models that this key can use\n\n{table(others) if others else 'none'}")
    return 0 if all(row["state"] == "served" for row in rows) else 1


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def _hierarchy_rows(
    hierarchy: Hierarchy, listed: Mapping[str, ListedModel], models: ModelList
) -> list[Row]:
    """A row for each model: served, not served any more, or another one's second name."""
    rows, served = list[Row](), list[ListedModel]()
    for model in hierarchy.models:
        # A retired model is not listed, but asking for it names its successor.
        found = listed.get(model.name) or models.one(model.name)
        if isinstance(found, Failure):
            successor = f"; successor: {found.successor}" if found.successor else ""
            row: Row = {"model": model.name, "state": f"not served{successor}"}
        else:
            same = _same(found, served)
            row = _row(found, same) | {"state": f"the same as {same}" if same else "served"}
            served.append(found)
        rows.append(row | {"thinking": model.thinking or "its own"})
    return rows


def _row(model: ListedModel, same: str | None) -> Row:
    row: Row = {"model": model.name}
    if same:
        row["same_as"] = same
    for name, tokens in (("input", model.input_tokens), ("output", model.output_tokens)):
        if tokens is not None:
            row[f"{name}_tokens"] = tokens
    return row


def _same(model: ListedModel, others: Sequence[ListedModel]) -> str | None:
    """Another name of the same model, the first of them; None if it has no other."""
    for other in others:
        if other.name != model.name and other.identities & model.identities:
            return other.name
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
