"""Makes gunicorn's defaults fit for the open network.

functions-framework has no way to pass settings on to gunicorn, so this changes gunicorn's defaults
before functions-framework makes the server.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
from typing import Any

from nexus.bootstrap import Nexus

_SHUTDOWN_SECONDS = 9
"""Cloud Run kills ten seconds after SIGTERM. gunicorn would wait thirty for its workers."""

_KEEPALIVE_SECONDS = 620
"""Google's front end keeps idle connections for 600 s: it must be the one that closes them."""

_MAX_REQUEST_LINE_BYTES = 8190
"""functions-framework switches the limit off."""

_HEARTBEAT = "CLOUD_RUN_TIMEOUT_SECONDS"
"""functions-framework makes it gunicorn's `timeout`: the time after which a worker that has not
been heard of is killed. An instance has no CPU between requests, so silence is no fault."""


def set_up_gunicorn(nexus: Nexus) -> None:
    """Changes how gunicorn will serve. No-op if gunicorn is not installed."""
    os.environ["THREADS"] = str(nexus.settings.threads)
    os.environ.pop(_HEARTBEAT, None)
    try:
        from gunicorn import config  # noqa: PLC0415 - functions-framework can do without it
        from gunicorn.http import wsgi  # noqa: PLC0415

        from nexus.http.worker import Worker  # noqa: PLC0415
    except ImportError:
        return

    def prepare_worker(worker: Any) -> None:
        """Runs in a new worker, before it serves."""
        worker.cfg.set("limit_request_line", _MAX_REQUEST_LINE_BYTES)
        _log_as_events()
        nexus.windows.prefetch()
        if nexus.status is not None:
            nexus.status.changed()  # A process that was killed may have left the object behind.
        gc.freeze()  # Modules live as long as the process: no collection need look at them.

    Worker.nexus = nexus
    config.WorkerClass.default = Worker
    config.GracefulTimeout.default = _SHUTDOWN_SECONDS
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Each connection may need a second file, for its call to Gemini.
    config.WorkerConnections.default = min(config.WorkerConnections.default, files // 2)
    config.Keepalive.default = _KEEPALIVE_SECONDS
    config.PostWorkerInit.default = staticmethod(prepare_worker)
    # Nobody steers an instance by hand, and processes of one home would share the one socket.
    config.ControlSocketDisable.default = True
    wsgi.SERVER = "Nexus"  # The header Server, which would name gunicorn.


def _log_as_events() -> None:
    """Logs gunicorn's own lines, which can quote a request, like those of all libraries."""
    logger = logging.getLogger("gunicorn.error")
    logger.handlers.clear()
    logger.propagate = True
