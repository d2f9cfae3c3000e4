"""Terraform for one deployment: as the person who is signed in to gcloud, with patience."""

import os
import time
from collections.abc import Callable, Sequence

from infra.release.deployment import Deployment
from infra.release.known_errors import diagnose
from infra.release.programs import Done, StopError, run

# A new metric takes the longest: up to ten minutes.
ATTEMPTS = 15
PAUSE_SECONDS = 60.0
PLATFORMS = ("linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64")


class Terraform:
    """Runs Terraform in `infra/`."""

    def __init__(self, deployment: Deployment, pause_seconds: float) -> None:
        """Runs nothing yet.

        Args:
            deployment: whose variables and state it uses.
            pause_seconds: the wait between two attempts.
        """
        self._deployment = deployment
        self._pause_seconds = pause_seconds
        self._plan = deployment.tree / "infra/release.tfplan"
        self.variables = [f"project_id={deployment.project}"]
        """Values beside those of the variable file, each `name=value`."""

    def init(self) -> bool:
        """Fetches the providers and finds the state; returns whether it made the lock file."""
        environment, bucket = self._deployment.environment, self._deployment.state_bucket
        lock_file = self._deployment.tree / "infra/.terraform.lock.hcl"
        is_new = not lock_file.exists()
        self._until_done(
            lambda: self._run(
                *("init", "-input=false", "-reconfigure"),
                f"-backend-config=environments/{environment}.gcs.tfbackend",
                f"-backend-config=bucket={bucket}",
            )
        )
        if is_new:
            # `init` records this machine's platform only; the pipeline and colleagues have others.
            self._run("providers", "lock", *(f"-platform={platform}" for platform in PLATFORMS))
        return is_new and lock_file.exists()

    def output(self, name: str) -> str:
        """An output of the last apply; empty if there is none."""
        done = self._run("output", "-raw", name, shown=False)
        return done.said.strip() if done.status == 0 else ""

    def show_output(self, name: str) -> None:
        """Prints an output that is no text."""
        self._run("output", "-no-color", name)

    def plan(self, *further: str, shown: bool = True) -> str:
        """Plans, and returns what Terraform says."""
        return self._until_done(lambda: self._planned(further, shown=shown)).said

    def apply(self, *further: str) -> None:
        """Applies what was planned last, and repeats it while Google needs time.

        Args:
            further: arguments of each new plan, the same as those of the last.
        """

        def step() -> Done:
            if not self._plan.exists():
                planned = self._planned(further, shown=False)
                if planned.status:
                    return planned
            done = self._run("apply", "-input=false", "-lock-timeout=60s", self._plan.name)
            self._plan.unlink(missing_ok=True)  # It is stale, whatever has come of it.
            return done

        self._until_done(step)

    def _planned(self, further: Sequence[str], *, shown: bool) -> Done:
        return self._run(
            *("plan", "-input=false", "-lock-timeout=60s", f"-out={self._plan.name}"),
            *self._settings(),
            *further,
            shown=shown,
        )

    def _settings(self) -> list[str]:
        return [
            f"-var-file=environments/{self._deployment.environment}.tfvars",
            *(f"-var={variable}" for variable in self.variables),
        ]

    def _until_done(self, step: Callable[[], Done]) -> Done:
        database = self._deployment.setting("firestore_database")
        names = {
            "project": self._deployment.project,
            "release": "cloud.firestore" + ("" if database == "(default)" else f"/{database}"),
            "variable_file": f"infra/environments/{self._deployment.environment}.tfvars",
        }
        for attempt in range(1, ATTEMPTS + 1):
            done = step()
            if done.status == 0:
                return done
            found = diagnose(done.said, names)
            if found.advice:
                raise StopError(found.advice)
            for address, identity in found.imports:
                print(f"\n{address} exists already: taking it over.", flush=True)
                imported = self._run("import", "-input=false", *self._settings(), address, identity)
                if imported.status:
                    raise StopError(
                        f"{address} could not be taken over: see above, and run this again."
                    )
            if found.waits and attempt < ATTEMPTS:
                print(
                    f"\nGoogle needs time: {'; '.join(found.waits)}. "
                    f"Attempt {attempt + 1} of {ATTEMPTS} in {self._pause_seconds:g} s …",
                    flush=True,
                )
                time.sleep(self._pause_seconds)
        raise StopError(
            "Google has not come that far yet. What was made stays: run this again later."
        )

    def _run(self, command: str, *arguments: str, shown: bool = True) -> Done:
        # gcloud's own login: nobody has to sign in twice, or as somebody else by mistake. A token
        # holds for an hour, and each command gets a new one.
        token = run("gcloud", "auth", "print-access-token", "--quiet").said.strip()
        return run(
            *("terraform", f"-chdir={self._deployment.tree / 'infra'}", command),
            *(() if command == "output" else ("-no-color",)),
            *arguments,
            shown=shown,
            environ={
                **os.environ,
                "CHECKPOINT_DISABLE": "1",
                "GOOGLE_OAUTH_ACCESS_TOKEN": token,
                "TF_IN_AUTOMATION": "1",
            },
        )
