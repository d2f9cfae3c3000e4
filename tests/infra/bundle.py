"""The functions' bundle as `infra/bundle.tf` makes it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.infra.terraform import ROOT, outputs

CONFIGURATION = """
variable "repository" { type = string }
module "bundle" {
  source     = "MODULE"
  repository = var.repository
}
output "files" { value = module.bundle.files }
output "hash" { value = module.bundle.hash }
"""


@dataclass(frozen=True)
class Bundle:
    """What Terraform says of a repository's bundle."""

    repository: Path
    files: dict[str, str]
    hash: str

    def zipped(self) -> bytes:
        """Names in order, one time, one mode: what the archive provider writes."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(self.files):
                entry = zipfile.ZipInfo(name)  # Its time is the format's first.
                entry.external_attr = 0o100644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, (self.repository / self.files[name]).read_bytes())
        return written.getvalue()


def bundle_of(repository: Path, folder: Path) -> Bundle:
    """Asks Terraform for the bundle of a repository; works in an empty folder."""
    configuration = CONFIGURATION.replace("MODULE", str(ROOT / "infra/bundle"))
    said = outputs(folder, configuration, repository=str(repository))
    return Bundle(repository, said["files"], said["hash"])
