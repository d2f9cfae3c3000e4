"""A function starts with what it needs, or stops with one line that says what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fallback.core.hierarchy import InvalidConfigurationError
from fallback.settings import InvalidSettingError
from nexus.configuration import load_service_configuration
from nexus.settings import BucketObject, ServiceSettings, read_service_settings
from tests.functions.conftest import Serve
from tools.emulator.server import Emulator

FUNCTIONS = Path(__file__).parents[2] / "functions"
REAL_CONFIG = FUNCTIONS / "nexus.toml"


def settings(**environ: str) -> ServiceSettings:
    return read_service_settings(environ, REAL_CONFIG)


def configure(tmp_path: Path, old: str, new: str) -> Path:
    text = REAL_CONFIG.read_text()
    assert old in text
    path = tmp_path / "nexus.toml"
    path.write_text(text.replace(old, new, 1))
    return path


def test_the_defaults() -> None:
    plain = settings()

    assert not plain.fallback.has_credentials
    assert plain.fallback.hierarchy.name == "default"
    assert len(plain.fallback.hierarchy.models) == 5
    assert plain.fallback.hierarchy.limits.deadline_seconds == 55
    assert plain.fallback.sqlite_path == Path(".local/nexus.db")
    assert plain.allowed_origins == frozenset()
    assert plain.visitor_limits
    assert not plain.feedback
    assert plain.trusted_proxies == 0
    assert plain.log_level == "INFO"


def test_the_seed_s_models_are_a_hierarchy() -> None:
    names = [model.name for model in settings(NEXUS_HIERARCHY="seed").fallback.hierarchy.models]

    assert (names[0], names[-1], len(names)) == ("gemini-exp-1206", "gemini-1.5-flash-8b", 5)


@pytest.mark.parametrize(
    ("environ", "sqlite_path"),
    [
        ({"K_SERVICE": "chat"}, None),
        ({"FIRESTORE_EMULATOR_HOST": "127.0.0.1:1"}, None),
        ({"K_SERVICE": "chat", "NEXUS_STATE": "sqlite:/x/y.db"}, Path("/x/y.db")),
        ({"NEXUS_STATE": "firestore"}, None),
        ({"NEXUS_STATE": ""}, Path(".local/nexus.db")),
    ],
)
def test_where_the_state_is(environ: dict[str, str], sqlite_path: Path | None) -> None:
    assert settings(**environ).fallback.sqlite_path == sqlite_path


@pytest.mark.parametrize(
    ("state", "database"),
    [("firestore", "(default)"), ("firestore:staging-2", "staging-2"), ("sqlite:x", "(default)")],
)
def test_which_database_of_firestore(state: str, database: str) -> None:
    assert settings(NEXUS_STATE=state).fallback.firestore_database == database


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("gs://acme-nexus-web/status.json", BucketObject("acme-nexus-web", "status.json")),
        ("file:.local/status.json", Path(".local/status.json")),
        ("", None),
    ],
)
def test_where_the_status_object_is(value: str, place: object) -> None:
    assert settings(NEXUS_STATUS_OBJECT=value).status_object == place


def test_google_s_front_end_is_a_proxy_that_is_trusted() -> None:
    assert settings(K_SERVICE="chat").trusted_proxies == 1
    assert settings(K_SERVICE="chat", NEXUS_TRUSTED_PROXIES="2").trusted_proxies == 2


def test_signing_secrets_are_separated_by_commas() -> None:
    assert settings().signing_secrets == ()
    assert settings(NEXUS_SIGNING_SECRET="new, old,").signing_secrets == ("new", "old")


def test_on_google_cloud_the_chat_does_not_start_without_a_signing_secret() -> None:
    with pytest.raises(InvalidSettingError) as caught:
        read_service_settings({"K_SERVICE": "nexus-chat"}, REAL_CONFIG, is_chat=True)

    assert str(caught.value).startswith("NEXUS_SIGNING_SECRET: must be set on Google Cloud")
    for environ in ({"K_SERVICE": "nexus-chat", "NEXUS_SIGNING_SECRET": "secret"}, {}):
        read_service_settings(environ, REAL_CONFIG, is_chat=True)
    read_service_settings({"K_SERVICE": "nexus-check-availability"}, REAL_CONFIG, is_chat=False)


def test_a_group_has_limits_of_its_own() -> None:
    visitors = settings().visitors

    assert visitors.groups["friends"].per_day > visitors.per_day


def test_neither_key_nor_secret_shows_in_the_settings() -> None:
    shown = settings(GEMINI_API_KEY="made-up-key", NEXUS_SIGNING_SECRET="made-up-secret")

    assert shown.fallback.keys == {"GEMINI_API_KEY": "made-up-key"}
    assert "made-up-" not in repr(shown)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NEXUS_STATE", "redis:x", "must be sqlite:PATH, firestore or firestore:DATABASE"),
        ("NEXUS_STATE", "firestore:", "must be sqlite:PATH, firestore or firestore:DATABASE"),
        ("NEXUS_STATE", "firestore:No/Name", "must be sqlite:PATH, firestore or"),
        ("NEXUS_STATE", "sqlite:", "must be sqlite:PATH, firestore or firestore:DATABASE"),
        ("NEXUS_HIERARCHY", "best", "known are default, seed"),
        ("NEXUS_ALLOWED_ORIGINS", "*", "must be an origin such as"),
        ("NEXUS_ALLOWED_ORIGINS", "https://a.example/x", "must be an origin such as"),
        ("NEXUS_ALLOWED_ORIGINS", "https://a.example,b.example", "'b.example' must be"),
        ("NEXUS_VISITOR_LIMITS", "maybe", "must be one of on, off"),
        ("NEXUS_FEEDBACK", "maybe", "must be one of off, on"),
        ("NEXUS_SIGNING_SECRET", "has spaces", "must be letters, digits and signs of ASCII"),
        ("NEXUS_TRUSTED_PROXIES", "-1", "must be a whole number from 0 to 10"),
        ("NEXUS_TRUSTED_PROXIES", "all", "must be a whole number from 0 to 10"),
        ("NEXUS_STATUS_OBJECT", "s3://bucket/status.json", "must be gs://BUCKET/NAME or file:PATH"),
        ("NEXUS_STATUS_OBJECT", "gs://bucket", "must be gs://BUCKET/NAME or file:PATH"),
        ("NEXUS_STATUS_OBJECT", "file:", "must be gs://BUCKET/NAME or file:PATH"),
        ("STORAGE_EMULATOR_HOST", "localhost:1", "must be an origin such as"),
        ("LOG_LEVEL", "LOUD", "must be one of DEBUG, INFO"),
        ("THREADS", "many", "must be a whole number"),
        ("GOOGLE_GEMINI_BASE_URL", "not a url", "must be a URL such as"),
        ("GOOGLE_GEMINI_BASE_URL", "ftp://x", "must be a URL such as"),
        ("GOOGLE_GEMINI_BASE_URL", "http://", "must be a URL such as"),
        ("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:99999", "must be a URL such as"),
        ("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:0", "must be a URL such as"),
        ("GOOGLE_GEMINI_BASE_URL", "http://[::1]:99999", "must be a URL such as"),
        ("GOOGLE_GEMINI_BASE_URL", "http://a..b", "must be a URL such as"),
        ("GOOGLE_GEMINI_BASE_URL", f"http://{'a' * 64}.example", "must be a URL such as"),
        ("GOOGLE_VERTEX_BASE_URL", "https://a..b/v1", "must be a URL such as"),
        ("HTTPS_PROXY", "http://a..b:3128", "must be a URL such as"),
        ("HTTPS_PROXY", "http://127.0.0.1:99999", "must be a URL such as"),
        ("HTTPS_PROXY", "socks5://127.0.0.1", "must be a URL such as"),
        ("GEMINI_API_KEY", "schlüssel", "must be letters, digits and signs"),
        ("GEMINI_API_KEY", "two\nlines", "must be letters, digits and signs"),
        ("THREADS", "0", "must be a whole number"),
        ("NEXUS_CONFIG", "/nowhere/nexus.toml", "cannot be read"),
    ],
)
def test_a_bad_variable_is_named_with_what_it_may_be(name: str, value: str, words: str) -> None:
    with pytest.raises(InvalidSettingError) as caught:
        settings(**{name: value})

    assert str(caught.value).startswith(f"{name}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("variable", ["GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL"])
@pytest.mark.parametrize("end", ["/?key=secret", "?key=secret", "/#secret", "/x?key=secret"])
def test_an_address_with_a_query_is_refused_and_not_shown(variable: str, end: str) -> None:
    with pytest.raises(InvalidSettingError, match=f"{variable}: must be a URL") as caught:
        settings(**{variable: f"http://127.0.0.1:9271{end}"})

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "base_url"),
    [
        ("http://127.0.0.1:65535/", "http://127.0.0.1:65535"),
        (f"https://{'a' * 63}.example/gemini/v2", f"https://{'a' * 63}.example/gemini/v2"),
        ("https://gemini.example.", "https://gemini.example."),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_address_may_have_a_port_and_a_path(value: str, base_url: str) -> None:
    assert settings(GOOGLE_GEMINI_BASE_URL=value).fallback.base_url == base_url


@pytest.mark.parametrize("project", ["", "two words", "проект"])
def test_a_target_on_vertex_ai_needs_the_name_of_a_project(tmp_path: Path, project: str) -> None:
    targets = '[[targets]]\nvertex_location = "global"\n'
    config = str(configure(tmp_path, "[limits]", f"{targets}[limits]"))

    with pytest.raises(InvalidSettingError, match="GOOGLE_CLOUD_PROJECT: must name the project"):
        settings(NEXUS_CONFIG=config, GOOGLE_CLOUD_PROJECT=project)
    for name in ("nexus-test", "example.com:nexus-test", "123456789"):
        assert settings(NEXUS_CONFIG=config, GOOGLE_CLOUD_PROJECT=name).fallback.project == name


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[limits]", "[limits", "is not TOML"),
        ("deadline_seconds = 55", "deadline_seconds = 0", "limits.deadline_seconds: must be a num"),
        ("deadline_seconds = 55", 'deadline_seconds = "55"', "limits.deadline_seconds"),
        ("deadline_seconds = 55", "deadline_seconds = true", "limits.deadline_seconds"),
        ("deadline_seconds = 55", "deadline_seconds = nan", "limits.deadline_seconds"),
        ("deadline_seconds = 55", "deadline = 55", "limits.deadline: is not a setting; known are"),
        ("attempts_per_model = 2", "attempts_per_model = 1.5", "a whole number from 1 to 5"),
        ("attempts_per_model = 2", "attempts_per_model = 4", "limits.backoff_seconds: needs 3"),
        ("backoff_seconds = [0.25, 1.0]", "backoff_seconds = 1", "a list of numbers from 0 to 60"),
        ("last_resort_seconds = 10", "last_resort_seconds = 60", "must be below deadline_seconds"),
        ("per_minute_cap = 120", "per_minute_cap = -1", "windows.per_minute_cap: must be"),
        ("[windows]", "[window]", "window: is not a setting"),
        ("instruction =", "instructions =", "service.instructions: is not a setting"),
        ("max_messages = 200", "max_messages = 0", "request.max_messages: must be"),
        ("burst = 10", "burst = 0", "visitors.burst: must be a whole number from 1 to 10000"),
        ("address_factor = 5", "address = 5", "visitors.address: is not a setting"),
        ("groups.friends]", "groups.Friends]", "visitors.groups.Friends: a group's name has"),
        ("per_day = 5000", "per_day = 0.5", "visitors.groups.friends.per_day: must be a whole"),
        ("per_day = 5000", "", "visitors.groups.friends.per_day: must be given"),
        ("per_day = 5000", "heavy_share = 1", "visitors.groups.friends.heavy_share: is not a"),
        (
            'display_name = "Gemini 3.6 Flash"',
            "display_name = 7",
            "hierarchies.default.models[1].display_name: must be a text",
        ),
        (
            'name = "gemini-3.6-flash"',
            'name = "gemini-3.8-flash"',
            "hierarchies.default.models[1].name: gemini-3.8-flash is listed twice",
        ),
        (
            'name = "gemini-3.6-flash"',
            'model = "gemini-3.6-flash"',
            "hierarchies.default.models[1].model: is not a setting",
        ),
        (
            'name = "gemini-3.6-flash"',
            'name = "gemini-3.6-flash"\nrequests_per_day = 0',
            "hierarchies.default.models[1].requests_per_day: must be a whole number from 1 to",
        ),
        (
            "[limits]",
            "[hierarchies.default]\npacing = 1\n\n[limits]",
            "hierarchies.default.pacing: must be true or false, not 1",
        ),
    ],
)
def test_a_bad_key_is_named_with_what_it_may_be(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = configure(tmp_path, old, new)

    with pytest.raises(InvalidConfigurationError) as caught:
        load_service_configuration(path)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_no_part_of_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "nexus.toml"
    path.write_bytes(b"\xef\xbb\xbf" + REAL_CONFIG.read_bytes())

    assert load_service_configuration(path) == load_service_configuration(REAL_CONFIG)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "hierarchies: must have at least one"),
        ("service = 7", "service: must be a table"),
        ("visitors = 7", "visitors: must be a table"),
        ("[visitors]\ngroups = 7", "visitors.groups: must be a table"),
        ("[visitors.groups]\nfriends = 7", "visitors.groups.friends: must be a table"),
        ("[service]\ninstruction = 7", "service.instruction: must be a text"),
        ("[hierarchies]\ndefault = 7", "hierarchies.default: must be a table"),
        ("[hierarchies.default]\nmodels = 7", "hierarchies.default.models: must be a list"),
        ("[hierarchies.default]\nmodels = []", "hierarchies.default.models: must list 1 to 10"),
        ("targets = 7", "targets: must be tables"),
        ('[[targets]]\nkey = "a b"', "targets[0].key: must be the name of a variable"),
        ('[[targets]]\nvertex_location = "EU!"', "targets[0].vertex_location: must be a location"),
        ('[[targets]]\nservice_tier = "best"', "targets[0].service_tier: must be standard, "),
        ("[[targets]]\nreserve = 1", "targets[0].reserve: must be true or false"),
        ("[[targets]]\nregion = 1", "targets[0].region: is not a setting; known are name, key"),
        (
            '[[targets]]\nkey = "X"\nvertex_location = "global"',
            "targets[0].key: Vertex AI takes no key",
        ),
        ("[[targets]]\nname = 7", "targets[0].name: must be a text"),
        ('[[targets]]\nvia = "x"', "targets[0].via: must be rest or google-genai"),
    ],
)
def test_a_configuration_of_another_shape_is_refused(
    tmp_path: Path, content: str, words: str
) -> None:
    path = tmp_path / "nexus.toml"
    path.write_text(content)

    with pytest.raises(InvalidConfigurationError) as caught:
        load_service_configuration(path)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ("[[targets]]\n[[targets]]", "toml: targets[1].name: main is listed twice"),
        ('[[targets]]\nname = "A b"', "toml: targets[0].name: must be a short name"),
        ('[[targets]]\nname = "every-model"', "such as second, not 'every-model'"),
        ("[[targets]]\nreserve = true", "toml: targets: one must not be a reserve"),
    ],
)
def test_targets_that_contradict_each_other_are_refused(
    tmp_path: Path, targets: str, words: str
) -> None:
    with pytest.raises(InvalidConfigurationError) as caught:
        load_service_configuration(configure(tmp_path, "[limits]", f"{targets}\n[limits]"))

    assert words in str(caught.value)


def test_a_key_in_place_of_the_name_of_its_variable_is_not_shown(tmp_path: Path) -> None:
    targets = '[[targets]]\nkey = "made-up-key"\n'

    with pytest.raises(InvalidConfigurationError) as caught:
        load_service_configuration(configure(tmp_path, "[limits]", f"{targets}[limits]"))

    assert "targets[0].key: must be the name of a variable" in str(caught.value)
    assert "made-up-key" not in str(caught.value)


def test_the_models_can_be_reached_through_google_s_client(
    tmp_path: Path, start: Serve, gemini: Emulator
) -> None:
    config = configure(tmp_path, "[limits]", '[[targets]]\nvia = "google-genai"\n\n[limits]')

    reply = start("chat", NEXUS_CONFIG=str(config)).chat()

    assert reply.status_code == 200
    assert "google-genai" in gemini.calls()[0].headers["user-agent"]


def error_of_start(arguments: list[str], folder: Path, **environ: str) -> list[str]:
    """The lines that Python writes when it ends because Nexus cannot start."""
    started = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | environ,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode == 1
    return started.stderr.splitlines()


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"NEXUS_STATE": "redis:x"},
            "NEXUS_STATE: 'redis:x' must be sqlite:PATH, firestore or firestore:DATABASE",
        ),
        (
            {"K_SERVICE": "nexus-chat"},
            "NEXUS_SIGNING_SECRET: must be set on Google Cloud; infra/signing_secret.tf makes one",
        ),
    ],
)
def test_a_bad_variable_stops_the_start_with_one_line(
    tmp_path: Path, environ: dict[str, str], line: str
) -> None:
    arguments = ["-m", "functions_framework", "--port", "0", "--target", "chat"]

    error = error_of_start(
        [*arguments, "--source", str(FUNCTIONS / "main.py")], tmp_path, **environ
    )

    assert error == [f"Nexus cannot start: {line}"]


@pytest.mark.parametrize(
    ("target", "missing", "packages"),
    [
        ('via = "google-genai"', "google.genai", "google-genai"),
        ('vertex_location = "global"', "google.auth", "google-auth requests"),
    ],
)
def test_a_package_that_is_not_installed_stops_the_start_with_one_line(
    tmp_path: Path, target: str, missing: str, packages: str
) -> None:
    code = (
        f"import sys, functions_framework; sys.modules[{missing!r}] = None;"
        f"functions_framework.create_app('chat', {str(FUNCTIONS / 'main.py')!r})"
    )
    config = configure(tmp_path, "[limits]", f"[[targets]]\n{target}\n[limits]")

    error = error_of_start(
        ["-c", code],
        tmp_path,
        FUNCTION_TARGET="chat",
        NEXUS_CONFIG=str(config),
        GEMINI_API_KEY="made-up-key",
        GOOGLE_CLOUD_PROJECT="made-up",
    )

    assert error == [
        f"Nexus cannot start: NEXUS_CONFIG: the target main needs a package: pip install {packages}"
    ]


# Nearly all of a cold start is imports, and a module costs about 0.2 ms, used or not. A limit that
# is reached may be raised, for something that is worth it.
@pytest.mark.parametrize(
    ("target", "most", "unwanted"),
    [
        (
            "check_availability",
            128,
            (
                "google.genai",
                "pydantic",
                "httpx2",
                "asyncio",
                "fallback.runner",
                "nexus.fairness.fair_use",
            ),
        ),
        (
            "chat",
            169,
            (
                "google.genai",
                "google.auth",
                "pydantic",
                "httpx2",
                "httpcore2",
                "urllib3",
                "requests",
                "aiohttp",
                "asyncio",
                "urllib.request",
                "nexus.http.feedback",
            ),
        ),
    ],
)
@pytest.mark.parametrize("state", ["sqlite:nexus.db", "firestore"])
def test_a_function_loads_what_it_uses_and_no_store_s_library(
    tmp_path: Path, target: str, state: str, most: int, unwanted: tuple[str, ...]
) -> None:
    code = (
        "import sys, functions_framework._cli, functions_framework._http.gunicorn;"
        "before = set(sys.modules);"
        f"functions_framework.create_app({target!r}, {str(FUNCTIONS / 'main.py')!r});"
        "print(*sorted(set(sys.modules) - before), sep='\\n')"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NEXUS_STATE": state, "GEMINI_API_KEY": "made-up-key"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert "nexus.bootstrap" in loaded
    assert set(loaded).isdisjoint((*unwanted, "google.cloud.firestore", "grpc"))
    assert len(loaded) <= most, loaded


def test_an_instance_has_no_socket_through_which_it_could_be_steered(
    start: Serve, tmp_path: Path
) -> None:
    chat = start("chat", HOME=str(tmp_path), XDG_RUNTIME_DIR=str(tmp_path))

    assert chat.chat().status_code == 200
    assert not list(tmp_path.rglob("gunicorn.ctl"))
