"""Commands in a page, taken apart as a shell does, and held to the repository."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.infra.gcloud import faults_of
from tests.infra.terraform import ROOT

INFRA = ROOT / "infra"
_ENDS = {"|", "||", "&&", "&", ";", "(", ")", ">", "<"}
_TERRAFORM = {"init", "plan", "apply", "destroy", "output", "import", "force-unlock", "providers"}


def commands(script: str) -> list[list[str]]:
    """Every simple command of a script, as words; those within `$(…)` too."""
    found: list[list[str]] = []
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        for word in lexer:
            for inner in re.findall(r"\$\(([^()]*)\)", word):
                found += commands(inner)
            if word in _ENDS:
                found.append(words)
                words = []
            else:
                words.append(word)
        found.append(words)
    return [_without_assignments(words) for words in found if _without_assignments(words)]


def _without_assignments(words: list[str]) -> list[str]:
    while words and re.match(r"^\w+=", words[0]):
        words = words[1:]
    return words


def shell_faults(script: str) -> str:
    """What bash says of a script that it does not run."""
    return subprocess.run(
        ["bash", "-n"], input=script, text=True, capture_output=True, check=False
    ).stderr


def faults(words: list[str]) -> list[str]:
    """What is wrong with one command."""
    match words[0]:
        case "gcloud":
            return faults_of(words)
        case "terraform":
            return terraform_faults(words[1:])
        case "python3" | ".venv/bin/python" if words[1] == "-m":
            return module_faults(words[2], words[3:])
        case _:
            return []


def module_faults(module: str, arguments: list[str]) -> list[str]:
    """What a program of ours would not take."""
    helped = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if helped.returncode != 0:
        return [f"there is no {module}"]
    flags = [word.partition("=")[0] for word in arguments if word.startswith("--")]
    return [f"{module} has no flag {flag}" for flag in flags if flag not in helped.stdout]


def declared(kind: str, folder: Path = INFRA) -> set[str]:
    """Names of Terraform's blocks of a kind; those of resources with their type."""
    text = "".join(path.read_text() for path in sorted(folder.glob("*.tf")))
    found = re.findall(rf'^{kind} "(\w+)"(?: "(\w+)")?', text, re.MULTILINE)
    return {".".join(filter(None, names)) for names in found}


def terraform_faults(words: list[str]) -> list[str]:
    """What Terraform would not find: a folder, command, file, variable, output or resource."""
    folder = INFRA
    if words[0].startswith("-chdir="):
        folder = ROOT / words.pop(0).partition("=")[2]
    if not list(folder.glob("*.tf")):
        return [f"there is no configuration in {folder.name}"]
    command, *arguments = shlex.split(re.sub(r" -var ", " -var=", shlex.join(words)))
    if command not in _TERRAFORM:
        return [f"terraform {command} is not used here"]
    found = []
    options = [word.lstrip("-").partition("=") for word in arguments if word.startswith("-")]
    for name, _, value in options:
        for environment in ("staging", "production"):
            path = folder / value.replace("$ENVIRONMENT", environment)
            is_file = name == "var-file" or (name == "backend-config" and "=" not in value)
            if is_file and not path.is_file():
                found.append(f"there is no {value} for {environment}")
        if name == "var" and value.partition("=")[0] not in declared("variable", folder):
            found.append(f"there is no variable {value.partition('=')[0]}")
        if name == "target" and value not in declared("resource", folder):
            found.append(f"there is no resource {value}")
    plain = [word for word in arguments if not word.startswith("-")]
    if command == "import" and plain[0] not in declared("resource", folder):
        found.append(f"there is no resource {plain[0]}")
    if command == "output" and not set(plain) <= declared("output", folder):
        found.append(f"there is no output {plain}")
    return found
