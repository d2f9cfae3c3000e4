"""The size of the deployed bundle."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Sequence

from measure.bench.results import Row
from measure.bench.rig import Rig
from measure.bench.subjects import REPOSITORY, Subject

NAME = "the bundle"


def measure(_rig: Rig, _subjects: Sequence[Subject]) -> Row:
    """The zip that infra/bundle.tf describes: functions/ and requirements.txt."""
    files = subprocess.run(
        ["git", "ls-files", "functions", "requirements.txt"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(REPOSITORY / file, file.removeprefix("functions/"))
    lines = sum((REPOSITORY / file).read_bytes().count(b"\n") for file in files)
    row = Row()
    row.add(NAME, kilobytes=len(zipped.getvalue()) / 1024, files=len(files), lines=lines)
    return row
