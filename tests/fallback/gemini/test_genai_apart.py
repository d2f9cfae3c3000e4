"""The part of google-genai that makes requests is loaded alone, and makes the same requests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FUNCTIONS = Path(__file__).parents[3] / "functions"

# The order matters: the part first, then all of the SDK in the same process.
CODE = """
import json, sys
from fallback.gemini.connections import Connections
from fallback.gemini.requests import GeminiRequests

apart = GeminiRequests("made-up-key", Connections())
left = [name for name in sys.modules if name.startswith("google.genai")]
from google import genai
from google.genai import types

options = types.HttpOptions(api_version="v1beta", timeout=7000)
whole = genai.Client(api_key="made-up-key", vertexai=False, http_options=options)
request = whole._api_client._build_request(
    "post", "models/m-1:streamGenerateContent?alt=sse", {}, options
)
url, headers = apart._form("m-1", 7)
headers.pop("Accept-Encoding")
print(json.dumps([left, [url, headers], [request.url, request.headers], "live" in dir(genai)]))
"""


def test_it_leaves_the_package_to_others_and_makes_the_requests_of_the_whole() -> None:
    said = subprocess.run(
        [sys.executable, "-c", CODE],
        env={"PYTHONPATH": str(FUNCTIONS)},
        capture_output=True,
        text=True,
        check=True,
    )

    left, apart, whole, is_whole = json.loads(said.stdout)
    assert left == []
    assert apart == whole
    assert is_whole
