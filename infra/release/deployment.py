"""What is deployed where: a project, an environment, and the settings of its variable file."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.release.programs import Done, StopError, run

_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")  # As in infra/variables.tf.
MAIN_KEY = "GEMINI_API_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One environment of Nexus in one project.

    Attributes:
        tree: the repository.
        project: id of the Google Cloud project.
        environment: name of the files in `infra/environments/`.
    """

    tree: Path
    project: str
    environment: str

    @property
    def variable_file(self) -> Path:
        """Terraform's variables of this environment."""
        return self.tree / f"infra/environments/{self.environment}.tfvars"

    @property
    def state_bucket(self) -> str:
        """Where Terraform's state is kept; infra/pipeline.tf and cloudbuild.yaml know it too."""
        return f"{self.project}-nexus-state"

    @property
    def releases(self) -> str:
        """Where the last good release is kept."""
        return f"gs://{self.state_bucket}/releases/{self.environment}"

    @property
    def page(self) -> Path:
        """The built page."""
        return self.tree / "web/dist"

    @property
    def services(self) -> list[str]:
        """The APIs that Terraform lists, and the one that tells whether billing is on."""
        listed = re.findall(
            r'^ *"([a-z]+\.googleapis\.com)", +#',
            (self.tree / "infra/services.tf").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        return ["serviceusage.googleapis.com", "cloudbilling.googleapis.com", *listed]

    def setting(self, name: str) -> str:
        """A text or number: of the variable file, else its default; empty if it is null."""
        text = self.variable_file.read_text(encoding="utf-8")
        if not (found := _value(text, name, "")):
            variables = (self.tree / "infra").glob("variables*.tf")
            text = "".join(path.read_text(encoding="utf-8") for path in sorted(variables))
            block = text.partition(f'variable "{name}" {{')[2].partition("\n}\n")[0]
            found = _value(block, "default", " +")
        return "" if found == "null" else found

    def nexus(self) -> dict[str, Any]:
        """The tables of nexus.toml, which both functions read."""
        return tomllib.loads((self.tree / "functions/nexus.toml").read_text(encoding="utf-8-sig"))

    def models(self) -> list[str]:
        """The models of the hierarchy in use."""
        rows = self.nexus()["hierarchies"][self.setting("hierarchy")]["models"]
        return [row["name"] for row in rows]

    def key_variables(self) -> list[str]:
        """The variables that hold keys of Gemini: one for each target that names its own."""
        targets = self.nexus().get("targets") or [{}]
        named = [row.get("key", MAIN_KEY) for row in targets if "vertex_location" not in row]
        return list(dict.fromkeys(named))

    def secret(self, key: str) -> str:
        """Name of the secret that holds a key; as in infra/gemini_key.tf and further_keys.tf."""
        return f"{self.setting('name')}-{key.lower().replace('_', '-')}"

    def gcloud(self, *arguments: str, entered: str = "") -> Done:
        """Runs gcloud on the project; it asks nothing."""
        return run("gcloud", *arguments, f"--project={self.project}", "--quiet", entered=entered)

    def build_page(self) -> None:
        """Builds the page, which Terraform uploads and needs for every plan.

        Raises:
            StopError: it cannot be built.
        """
        if run(
            "make", "-C", str(self.tree), "--no-print-directory", "web-build", shown=True
        ).status:
            raise StopError(
                "The page was not built: correct what is said above, and run this again."
            )


def deployment(tree: Path, project: str, environment: str) -> Deployment:
    """What the command line names.

    Raises:
        StopError: it names no project, or no environment that exists.
    """
    if not _PROJECT.fullmatch(project):
        fault = f"PROJECT={project} is no project's id" if project else "PROJECT=… is missing"
        raise StopError(f"{fault}: `gcloud projects list` shows yours.")
    found = Deployment(tree=tree, project=project, environment=environment)
    if not re.fullmatch(r"[a-z0-9-]+", environment) or not found.variable_file.is_file():
        names = sorted(path.stem for path in (tree / "infra/environments").glob("*.tfvars"))
        raise StopError(f"ENVIRONMENT={environment} must be one of {', '.join(names)}.")
    return found


def _value(text: str, name: str, indent: str) -> str:
    found = re.search(rf'^{indent}{name} *= *"?([^"\s#{{]+)', text, re.MULTILINE)
    return found[1] if found else ""
