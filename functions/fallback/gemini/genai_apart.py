"""Loads the one module of google-genai that makes requests, without the rest of the package.

Importing google.genai takes longer than everything else that the chat loads, and more than half
of that is one module of hundreds of types. `google.genai._api_client` needs four of them: here it
is imported with these alone, made from the SDK's own source
(docs/adr/0017-a-start-loads-what-an-answer-needs.md).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Optional

_PACKAGE = "google.genai"
_TYPES = ("ResourceScope", "HttpRetryOptions", "HttpOptions", "HttpResponse")

# pydantic would look through all installed packages for plug-ins; there are none for it here.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def load_api_client() -> Any:
    """The module `google.genai._api_client`; whoever imports google.genai later gets all of it.

    Raises:
        Exception: Of many kinds, where the SDK is not as it was when this was written.
    """
    if (loaded := sys.modules.get(f"{_PACKAGE}._api_client")) is not None:
        return loaded
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None:
        raise ImportError(_PACKAGE)
    package = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    try:
        sys.modules[f"{_PACKAGE}.types"] = _few_types(package)
        api_client: Any = importlib.import_module(f"{_PACKAGE}._api_client")
        api_client.HttpOptions()  # pydantic completes a class, and looks for its module, only now.
        return api_client
    finally:
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{_PACKAGE}.")]:
            del sys.modules[name]


def _few_types(package: ModuleType) -> ModuleType:
    types = ModuleType(f"{_PACKAGE}.types")
    vars(types).update(
        _common=importlib.import_module(f"{_PACKAGE}._common"),
        Field=importlib.import_module("pydantic").Field,
        Any=Any,
        Optional=Optional,
        HttpOptionsOrDict=Any,
        HttpxClient=Any,
        HttpxAsyncClient=Any,
        ClientSession=Any,
    )
    source = Path(package.__path__[0], "types.py").read_text(encoding="utf-8")
    for name in _TYPES:
        definition = re.search(rf"^class {name}\(.*?(?=^\S)", source, re.DOTALL | re.MULTILINE)
        if definition is None:
            raise ImportError(name)
        exec(definition[0], vars(types))  # noqa: S102 - what importing the file would run
    return types
