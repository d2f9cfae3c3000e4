"""What functions-framework leaves to gunicorn's defaults, made fit for the open network.

functions-framework passes no settings on to gunicorn, so it is gunicorn's defaults that change,
before the server is made; what it sets itself is changed in each worker.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from nexus.bootstrap import Nexus
from nexus.http.arrival import Head
from nexus.http.handling import bare_reply
from nexus.wire.error import internal_error, malformed_head, unavailable

_END_SECONDS = 9
"""Cloud Run kills ten seconds after SIGTERM. gunicorn would wait thirty for its workers."""

_THREADS = 256
"""Each open stream holds one. functions-framework would take four for each processor, and let 40
streams of a fifth of a second go through two of them in a second, at half of one."""

_MAX_REQUEST_LINE_BYTES = 8190
"""functions-framework switches the limit off."""

_REPLY_MARGIN_SECONDS = 5.0
"""For the last words of an answer that took its whole time."""

_RETRY_SECONDS = 1
"""When to come back where an instance has ended: the next one is there by then."""


def prepare_server(nexus: Nexus, wants_body: Callable[[Head], bool]) -> None:
    """Changes how gunicorn will serve; nothing, where it is not installed.

    Args:
        nexus: The function's parts.
        wants_body: Whether the answer to a request depends on its body.
    """
    if not os.environ.get("THREADS", "").strip():
        os.environ["THREADS"] = str(_THREADS)
    try:
        from gunicorn import config  # noqa: PLC0415 - functions-framework can do without it
        from gunicorn.http import wsgi  # noqa: PLC0415

        from nexus.http.patient_worker import PatientWorker, Service  # noqa: PLC0415
        from nexus.http.waiting_room import Terms  # noqa: PLC0415
    except ImportError:
        return

    settings = nexus.settings
    PatientWorker.service = Service(
        terms=Terms(
            max_body_bytes=settings.request.max_body_bytes,
            body_seconds=settings.request.body_seconds,
            wants_body=wants_body,
            refusal=lambda: _refusal(nexus),
        ),
        reply_seconds=settings.fallback.hierarchy.limits.deadline_seconds + _REPLY_MARGIN_SECONDS,
        malformed=lambda status: bare_reply(nexus, malformed_head(status)),
        bug=lambda bug: bare_reply(nexus, internal_error(), bug),
        shutdown=nexus.shutdown,
    )

    def on_worker(worker: Any) -> None:
        """Runs in a worker's main thread, before its loop."""
        worker.cfg.set("limit_request_line", _MAX_REQUEST_LINE_BYTES)
        _log_as_events()
        nexus.windows.prefetch()

    config.WorkerClass.default = PatientWorker
    config.GracefulTimeout.default = _END_SECONDS
    config.PostWorkerInit.default = staticmethod(on_worker)
    wsgi.SERVER = "Nexus"  # In each reply's header Server, where nobody needs to read gunicorn's.


def _log_as_events() -> None:
    """Sends gunicorn's own lines, which can quote a request, the way of all libraries."""
    logger = logging.getLogger("gunicorn.error")
    logger.handlers.clear()
    logger.propagate = True


def _refusal(nexus: Nexus) -> bytes:
    retry_at = nexus.clock.now() + timedelta(seconds=_RETRY_SECONDS)
    return bare_reply(nexus, unavailable(retry_at))
