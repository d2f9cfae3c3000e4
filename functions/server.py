"""What functions-framework leaves to gunicorn's defaults, made fit for the open network.

functions-framework passes no settings on to gunicorn, so it is gunicorn's defaults that change,
before the server is made; what it sets itself is changed in each worker.
"""

from __future__ import annotations

import functools
import logging
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

from fallback.shutdown import Shutdown
from slow_clients import SlowClients

_END_SECONDS = 9
"""Cloud Run kills ten seconds after SIGTERM. gunicorn would wait thirty for its workers."""

_THREADS = 256
"""Each open stream holds one. functions-framework would take four for each processor, and let 40
streams of a fifth of a second go through two of them in a second, at half of one."""

_MAX_REQUEST_LINE_BYTES = 8190
"""functions-framework switches the limit off, and gunicorn then keeps whatever is sent."""

_LINGER_SECONDS = 0.05
"""gunicorn's one accepting thread waits 2 s for each client that does not close its end; five of
them kept everybody else waiting for ten seconds."""


def prepare_server(
    shutdown: Shutdown, slow_clients: SlowClients, get_ready: Callable[[], None]
) -> None:
    """Changes how gunicorn will serve; nothing, where it is not installed.

    Args:
        shutdown: Begins with SIGTERM.
        slow_clients: Is told of each new connection.
        get_ready: Is called once in each worker, before its first request.
    """
    if not os.environ.get("THREADS", "").strip():
        os.environ["THREADS"] = str(_THREADS)
    try:
        from gunicorn import config, util  # noqa: PLC0415 - functions-framework can do without it
    except ImportError:
        return

    def on_worker(worker: Any) -> None:
        """Runs in a worker's main thread, after its own signal handlers are in place."""
        worker.cfg.set("limit_request_line", _MAX_REQUEST_LINE_BYTES)
        for listener in worker.sockets:
            listener.accept = functools.partial(_accept, listener.sock, slow_clients)
        _begin_with_sigterm(shutdown)
        _log_as_events()
        get_ready()

    util.close_graceful = functools.partial(util.close_graceful, timeout=_LINGER_SECONDS)
    config.GracefulTimeout.default = _END_SECONDS
    config.PostWorkerInit.default = staticmethod(on_worker)


def _accept(listener: socket.socket, slow_clients: SlowClients) -> tuple[socket.socket, Any]:
    connection, address = listener.accept()
    slow_clients.expect_head(connection)
    return connection, address


def _begin_with_sigterm(shutdown: Shutdown) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def handle(number: int, frame: FrameType | None) -> None:
        shutdown.begin()
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, handle)
    signal.siginterrupt(signal.SIGTERM, False)  # As gunicorn has it: reads go on.


def _log_as_events() -> None:
    """Sends gunicorn's own lines, which can quote a request, the way of all libraries."""
    logger = logging.getLogger("gunicorn.error")
    logger.handlers.clear()
    logger.propagate = True
