from __future__ import annotations

import pytest

from measure.bench.profile import by_package, package_of
from measure.bench.subjects import REPOSITORY

SITE = "/somewhere/lib/python3.11/site-packages"


@pytest.mark.parametrize(
    ("file", "package"),
    [
        (f"{SITE}/urllib3/response.py", "urllib3"),
        (f"{SITE}/typing_extensions.py", "typing_extensions"),
        (f"{SITE}/google/genai/models.py", "google/genai"),
        (f"{REPOSITORY}/functions/fallback/runner.py", "Nexus: fallback/runner.py"),
        ("/usr/lib/python3.11/json/decoder.py", "Python: json/decoder.py"),
    ],
)
def test_a_function_is_counted_for_where_it_is_from(file: str, package: str) -> None:
    assert package_of((file, 1, "f")) == package


def test_what_is_built_in_counts_for_whoever_calls_it() -> None:
    ours = (f"{SITE}/urllib3/response.py", 1, "read")
    theirs = (f"{SITE}/flask/app.py", 1, "wsgi_app")
    stats = {
        ours: (1, 1, 0.5, 1.5, {}),
        ("~", 0, "<recv>"): (4, 4, 3.0, 3.0, {ours: (1, 1, 1.0, 1.0), theirs: (3, 3, 2.0, 2.0)}),
    }

    assert by_package(stats) == {"urllib3": 1.5, "flask": 2.0}
