"""Names the store that a command works on. Never guesses which one is meant in production."""

from __future__ import annotations

from collections.abc import Mapping

from fallback.settings import InvalidSettingError, Settings, variables

_LOCAL = "NEXUS_STATE=sqlite:.local/nexus.db for `make run` on this machine"
_PRODUCTION = "NEXUS_STATE=firestore and GOOGLE_CLOUD_PROJECT for production"


def store_in_use(
    environ: Mapping[str, str], settings: Settings, *, will_change: bool = False
) -> str:
    """Says in one line which store the environment names.

    Args:
        environ: Usually `os.environ`.
        settings: What has been read from it.
        will_change: Whether the command will change the store.

    Raises:
        InvalidSettingError: The environment does not say which store is meant.
    """
    environ = variables(environ)
    emulator = environ.get("FIRESTORE_EMULATOR_HOST")
    if settings.sqlite_path is None:
        if emulator:
            return f"State: the Firestore emulator at {emulator}"
        if settings.project is None:
            raise InvalidSettingError("GOOGLE_CLOUD_PROJECT: must name the project of Firestore")
        return f"State: Firestore {settings.firestore_database} of {settings.project}"
    if "NEXUS_STATE" not in environ:
        if settings.project is not None:
            raise InvalidSettingError(
                f"NEXUS_STATE: is not set. Set NEXUS_STATE=firestore for {settings.project}, "
                f"or {_LOCAL}"
            )
        if will_change and not settings.sqlite_path.exists():
            raise InvalidSettingError(
                f"NEXUS_STATE: is not set, and nothing has run here yet. Set {_PRODUCTION}, "
                f"or {_LOCAL}"
            )
    is_missing = not (will_change or settings.sqlite_path.exists())
    note = " (no such file: nothing has run with it yet)" if is_missing else ""
    return f"State: {settings.sqlite_path.absolute()}{note}"
