"""Asks Gemini which models a key can use."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any

from fallback.core.classification import classify
from fallback.core.failure import Failure, FailureKind
from fallback.gemini.endpoint import API_VERSION, DeveloperApi

_SECONDS = 20
_PAGE_SIZE = 200
_MOST_PAGES = 50
_MOST_BYTES = 16_777_216
_NUMBERED = re.compile(r"[\d.]*")


class ModelListError(Exception):
    """Gemini did not tell. The message says what happened, and never holds the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedModel:
    """What Gemini says of a model.

    Source: https://ai.google.dev/api/models

    Attributes:
        name: Without `models/`.
        identities: What it shares with other names of the same model: base model, a version that
            is no mere number, display name.
        input_tokens: The longest input; None where it is not said.
        output_tokens: The longest output; None where it is not said.
        writes_text: Whether `generateContent` takes it.
    """

    name: str
    identities: frozenset[str]
    input_tokens: int | None
    output_tokens: int | None
    writes_text: bool


class ModelList:
    """The models of one endpoint, as one key sees them."""

    def __init__(self, endpoint: DeveloperApi) -> None:
        """Asks nothing yet."""
        self._endpoint = endpoint
        self._open = urllib.request.build_opener(_NoRedirects).open

    def all(self) -> dict[str, ListedModel]:
        """All models by name, page after page.

        Raises:
            ModelListError: They could not be had.
        """
        found: dict[str, ListedModel] = {}
        token = ""
        for _ in range(_MOST_PAGES):
            query = urllib.parse.urlencode({"pageSize": _PAGE_SIZE, "pageToken": token})
            page = self._get(f"models?{query}")
            if isinstance(page, Failure):
                raise ModelListError(_refusal(page))
            models = page.get("models")
            for model in models if isinstance(models, list) else []:
                listed = _listed(model)
                found[listed.name] = listed
            token = str(page.get("nextPageToken") or "")
            if not token:
                return found
        raise ModelListError(f"the list has more than {_MOST_PAGES} pages")

    def one(self, name: str) -> ListedModel | Failure:
        """One model, whether it is listed or not; a Failure if Gemini does not serve it.

        Raises:
            ModelListError: Gemini did not tell.
        """
        found = self._get(f"models/{urllib.parse.quote(name, safe='')}")
        if isinstance(found, Failure):
            if found.kind is not FailureKind.NOT_FOUND:
                raise ModelListError(_refusal(found))
            return found
        return _listed(found)

    def _get(self, path: str) -> Mapping[str, Any] | Failure:
        request = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
            f"{self._endpoint.base_url}/{API_VERSION}/{path}",
            headers={"x-goog-api-key": self._endpoint.api_key},
        )
        try:
            with self._open(request, timeout=_SECONDS) as reply:
                body = json.loads(reply.read(_MOST_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                headers = dict(error.headers.items())
                return classify(error.code, error.read(_MOST_BYTES), headers, datetime.now(UTC))
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise ModelListError(
                f"{self._endpoint.base_url} cannot be reached ({type(reason).__name__})"
            ) from error
        except (ValueError, RecursionError) as error:
            raise ModelListError("the reply is not JSON") from error
        if not isinstance(body, dict):
            raise ModelListError("the reply is not a list of models")
        return body


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows none: the key would go along."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Leaves a redirect as it is, which makes it an error."""


def _listed(model: Any) -> ListedModel:
    if not isinstance(model, dict) or not isinstance(model.get("name"), str):
        raise ModelListError("the reply is not a list of models")
    name = model["name"].removeprefix("models/")
    version = model.get("version")
    identities = {model.get("baseModelId"), model.get("displayName")}
    if isinstance(version, str) and not _NUMBERED.fullmatch(version):
        identities.add(version)
    return ListedModel(
        name=name,
        identities=frozenset(i for i in identities if isinstance(i, str) and i),
        input_tokens=_count(model.get("inputTokenLimit")),
        output_tokens=_count(model.get("outputTokenLimit")),
        writes_text="generateContent" in (model.get("supportedGenerationMethods") or ()),
    )


def _count(value: object) -> int | None:
    return value if type(value) is int else None


def _refusal(failure: Failure) -> str:
    reason = f", {failure.reason}" if failure.reason else ""
    said = f"Gemini refuses: {failure.kind} (status {failure.status}{reason})"
    return f"{said}; check GEMINI_API_KEY" if failure.kind is FailureKind.UNAUTHORIZED else said
