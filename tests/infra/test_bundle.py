"""What Terraform deploys as the functions' source: read from the module itself, by Terraform."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Bundle:
    files: dict[str, str]
    hash: str


ReadBundle = Callable[[Path], Bundle]


@pytest.fixture(scope="module")
def read_bundle(
    terraform: str, quiet: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> ReadBundle:
    module = tmp_path_factory.mktemp("module")
    shutil.copy(ROOT / "infra/bundle/main.tf", module)

    def run(*arguments: str) -> str:
        command = [terraform, f"-chdir={module}", *arguments]
        return subprocess.run(command, env=quiet, capture_output=True, text=True, check=True).stdout

    run("init", "-input=false")

    def read(repository: Path) -> Bundle:
        run("apply", "-input=false", "-auto-approve", f"-var=repository={repository}")
        outputs = json.loads(run("output", "-json"))
        return Bundle(outputs["files"]["value"], outputs["hash"]["value"])

    return read


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone, as far as the bundle is concerned."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "functions", tmp_path / "functions", ignore=ignore)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    return tmp_path


def write(repository: Path, path: str) -> None:
    file = repository / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# of no use in production\n")


def test_it_is_the_functions_with_their_requirements_beside_main(
    read_bundle: ReadBundle, repository: Path
) -> None:
    functions = repository / "functions"
    expected = {
        str(file.relative_to(functions)): f"functions/{file.relative_to(functions)}"
        for file in functions.rglob("*")
        if file.is_file() and file.name != "py.typed"  # for type checkers alone
    }

    assert read_bundle(repository).files == expected | {"requirements.txt": "requirements.txt"}


def test_the_same_files_have_the_same_hash_on_another_machine(
    read_bundle: ReadBundle, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Another folder, other times, other modes.
    other = tmp_path_factory.mktemp("other") / "elsewhere"
    shutil.copytree(repository, other, copy_function=shutil.copyfile)
    for file in other.rglob("*.py"):
        file.chmod(0o755)

    assert read_bundle(other).hash == read_bundle(repository).hash


@pytest.mark.parametrize(
    "path",
    [
        "functions/main.py",
        "functions/nexus.toml",
        "functions/fallback/core/decision.py",
        "requirements.txt",
    ],
)
def test_a_changed_file_changes_the_hash(
    read_bundle: ReadBundle, repository: Path, path: str
) -> None:
    before = read_bundle(repository)
    with (repository / path).open("a") as file:
        file.write("\n")

    after = read_bundle(repository)

    assert after.hash != before.hash
    assert after.files == before.files


def test_a_new_and_a_renamed_module_change_the_hash(
    read_bundle: ReadBundle, repository: Path
) -> None:
    hashes = [read_bundle(repository).hash]
    write(repository, "functions/fallback/core/new.py")
    hashes.append(read_bundle(repository).hash)
    core = repository / "functions/fallback/core"
    (core / "new.py").rename(core / "newer.py")
    hashes.append(read_bundle(repository).hash)

    assert len(set(hashes)) == 3


def test_what_is_not_deployed_changes_nothing(read_bundle: ReadBundle, repository: Path) -> None:
    before = read_bundle(repository)

    for path in [
        "functions/__pycache__/main.cpython-313.pyc",
        "functions/.DS_Store",
        "functions/.local/nexus.db",
        "functions/.venv/lib/python3.13/site-packages/flask.py",
        "functions/.env",
        "functions/test_new.py",
        "functions/fallback/test_new.py",
        "functions/tests/helper.py",
        "functions/fallback/tests/helper.py",
        "functions/conftest.py",
        "functions/notes.md",
        "tests/test_new.py",
        "requirements-dev.txt",
    ]:
        write(repository, path)

    assert read_bundle(repository) == before


def test_a_module_that_only_sounds_like_a_test_is_deployed(
    read_bundle: ReadBundle, repository: Path
) -> None:
    write(repository, "functions/contest.py")
    write(repository, "functions/latest_answers.py")

    assert {"contest.py", "latest_answers.py"} <= set(read_bundle(repository).files)
