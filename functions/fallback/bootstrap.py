"""Puts the fallback together: the only place in it that picks real adapters.

Large modules are imported where they are used (PLC0415), so that a start loads nothing else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from fallback.configuration import GOOGLE_GENAI, TargetConfiguration
from fallback.core.failure import FailureKind
from fallback.events import Event
from fallback.gemini.known_models import KnownModels
from fallback.limits.shared import SharedLimits
from fallback.limits.store import LIMITS, LimitStore
from fallback.ports import Clock, DemandStore, EventLog, Provider, Table, TextStore, WindowStore
from fallback.settings import InvalidSettingError, Settings
from fallback.stores.lazy import LazyStore
from fallback.windows.shared import SharedWindows

if TYPE_CHECKING:
    from google.genai import Client

    from fallback.forecasting.shared import SharedForecast
    from fallback.gemini.endpoint import Endpoint
    from fallback.runner import Runner
    from fallback.shutdown import Shutdown


def build_windows(settings: Settings, clock: Clock, log: EventLog) -> SharedWindows:
    """The shared windows; nothing is opened yet."""
    return SharedWindows(
        window_store(settings),
        rules=settings.configuration.windows,
        clock=clock,
        log=log,
        default_target=settings.configuration.targets[0].name,
    )


def build_runner(  # noqa: PLR0917 - what a process has once
    settings: Settings,
    windows: SharedWindows,
    limits: SharedLimits,
    clock: Clock,
    log: EventLog,
    shutdown: Shutdown,
    *,
    forecast: SharedForecast | None,
) -> Runner:
    """The runner, on windows and limits that may be shared with others; its calls are counted.

    Raises:
        InvalidSettingError: A target needs a package that is not installed.
    """
    from fallback.runner import Runner  # noqa: PLC0415

    return Runner(
        settings.hierarchy,
        providers=gemini_providers(settings, clock, log),
        windows=windows,
        limits=limits,
        clock=clock,
        log=log,
        shutdown=shutdown,
        count=(lambda *_: None) if forecast is None else forecast.called,
    )


def build_forecast(settings: Settings, clock: Clock, log: EventLog) -> SharedForecast:
    """The fleet's forecast; nothing is opened yet."""
    from fallback.core.outlook import daily_limits  # noqa: PLC0415
    from fallback.forecasting.shared import SharedForecast  # noqa: PLC0415

    # With the targets that have no key here, too: the fleet has one order.
    candidates = settings.configuration.hierarchies[settings.hierarchy.name].candidates
    limits = limit_store(settings)
    best = candidates[0].model
    return SharedForecast(
        demand_store(settings),
        keys=[candidate.key for candidate in candidates],
        best=[c.key for c in candidates if c.model == best and not c.target.is_reserve],
        limits=lambda: daily_limits(candidates, limits.read_all()),
        clock=clock,
        log=log,
    )


def window_store(settings: Settings) -> WindowStore:
    """The store that the settings name; nothing is opened yet."""
    if settings.sqlite_path is not None:
        from fallback.stores.sqlite import SqliteWindowStore  # noqa: PLC0415

        return SqliteWindowStore(settings.sqlite_path)

    def firestore() -> WindowStore:
        from fallback.stores.firestore import FirestoreWindowStore  # noqa: PLC0415

        return FirestoreWindowStore(settings.project, settings.firestore_database)

    return cast("WindowStore", LazyStore(firestore))


def text_store(settings: Settings, *tables: Table) -> TextStore:
    """A store of some tables; nothing is opened yet."""

    def build() -> TextStore:
        if settings.sqlite_path is not None:
            from fallback.stores.sqlite_texts import SqliteTextStore  # noqa: PLC0415

            return SqliteTextStore(settings.sqlite_path, *tables)
        from fallback.stores.firestore_texts import FirestoreTextStore  # noqa: PLC0415

        return FirestoreTextStore(settings.project, settings.firestore_database)

    return cast("TextStore", LazyStore(build))


def limit_store(settings: Settings) -> LimitStore:
    """The store of learned limits; nothing is opened yet."""
    return LimitStore(text_store(settings, LIMITS))


def demand_store(settings: Settings) -> DemandStore:
    """The store of the demand; nothing is opened yet."""

    def build() -> DemandStore:
        if settings.sqlite_path is not None:
            from fallback.stores.sqlite_demand import SqliteDemandStore  # noqa: PLC0415

            return SqliteDemandStore(settings.sqlite_path)
        from fallback.stores.firestore_demand import FirestoreDemandStore  # noqa: PLC0415

        return FirestoreDemandStore(settings.project, settings.firestore_database)

    return cast("DemandStore", LazyStore(build))


def gemini_providers(settings: Settings, clock: Clock, log: EventLog) -> dict[str, Provider]:
    """Gemini by each target that has credentials; those without are logged, unless all are.

    Raises:
        InvalidSettingError: A target needs a package that is not installed.
    """
    known = KnownModels(settings.hierarchy.models, log)
    usable = settings.targets
    for target in settings.configuration.targets if usable else ():
        if target not in usable:
            log(
                Event.SERVICE_MISCONFIGURED,
                kind=FailureKind.UNAUTHORIZED,
                reason="MISSING_KEY",
                target=target.name,
            )
    return {target.name: _gemini_provider(settings, target, clock, known) for target in usable}


def _gemini_provider(
    settings: Settings, target: TargetConfiguration, clock: Clock, known: KnownModels
) -> Provider:
    if target.via == GOOGLE_GENAI:
        with _needs("google-genai", target):
            from fallback.gemini.sdk import SdkProvider  # noqa: PLC0415

        return SdkProvider(_client(settings, target), clock, known, target.service_tier)
    from fallback.gemini.rest import RestProvider  # noqa: PLC0415

    proxy = settings.proxies.get(target.name)
    return RestProvider(_endpoint(settings, target), clock, known, proxy)


def _client(settings: Settings, target: TargetConfiguration) -> Client:
    from fallback.gemini.sdk import developer_client, vertex_client  # noqa: PLC0415

    url = settings.url_of(target)
    if target.vertex_location is None:
        return developer_client(settings.keys[target.key], url)
    return vertex_client(settings.vertex_project, target.vertex_location, url)


def _endpoint(settings: Settings, target: TargetConfiguration) -> Endpoint:
    url, tier = settings.url_of(target), target.service_tier
    if target.vertex_location is None:
        from fallback.gemini.endpoint import DeveloperApi  # noqa: PLC0415

        return DeveloperApi(base_url=url, api_key=settings.keys[target.key], service_tier=tier)
    with _needs("google-auth requests", target):
        from fallback.gemini.access_token import AccessToken  # noqa: PLC0415
    from fallback.gemini.vertex import VertexAi  # noqa: PLC0415

    return VertexAi(
        base_url=url,
        project=settings.vertex_project,
        location=target.vertex_location,
        token=AccessToken(),
        service_tier=tier,
    )


@contextlib.contextmanager
def _needs(packages: str, target: TargetConfiguration) -> Iterator[None]:
    """Makes a failed import the setting that asks for it: the package itself needs nothing."""
    try:
        yield
    except ImportError as error:
        raise InvalidSettingError(
            f"NEXUS_CONFIG: the target {target.name} needs a package: pip install {packages}"
        ) from error


def sdk_provider(settings: Settings, client: Client, clock: Clock, log: EventLog) -> Provider:
    """Gemini through a google-genai `Client` that a program has brought."""
    from fallback.gemini.sdk import SdkProvider  # noqa: PLC0415

    return SdkProvider(client, clock, KnownModels(settings.hierarchy.models, log))
