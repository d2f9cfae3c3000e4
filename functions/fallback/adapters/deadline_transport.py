"""An HTTP transport for google-genai's client: urllib3 on sockets that keep a deadline.

httpx2's own transport takes three times the CPU for a stream, and its timeouts count from one byte
to the next (docs/adr/0013-raw-events-over-urllib3.md).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import httpx2
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from fallback.adapters.deadline_socket import DeadlineTlsSocket, connected
from fallback.adapters.final_response import FinalResponse

_READ_BYTES = 65536


class DeadlineTransport(httpx2.BaseTransport):
    """Carries requests of many threads, each under the deadline that its thread has set."""

    def __init__(self) -> None:
        """Opens no connection before the first request."""
        context = ssl.create_default_context()
        context.sslsocket_class = DeadlineTlsSocket
        # Threads bound the connections; those beyond the pool's size are not kept.
        self._pools = urllib3.PoolManager(
            maxsize=100, block=False, retries=False, ssl_context=context
        )
        self._pools.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends one request.

        Raises:
            urllib3.exceptions.TimeoutError: The deadline has come.
            urllib3.exceptions.HTTPError: Not connected, not any more, or what came was not HTTP.
        """
        reply = self._pools.urlopen(
            request.method,
            str(request.url),
            body=request.read(),
            headers=dict(request.headers),
            redirect=False,
            preload_content=False,
            decode_content=False,
            timeout=None,
        )
        return httpx2.Response(
            status_code=reply.status,
            headers=list(reply.headers.items()),
            stream=_Body(reply),
        )

    def close(self) -> None:
        """Closes all connections."""
        self._pools.clear()


class _Body(httpx2.SyncByteStream):
    """A reply's body, in the pieces in which it comes."""

    def __init__(self, reply: urllib3.BaseHTTPResponse) -> None:
        self._reply: Any = reply

    def __iter__(self) -> Iterator[bytes]:
        if self._reply.chunked and self._reply.supports_chunked_reads():
            yield from self._reply.read_chunked(_READ_BYTES, decode_content=False)
            return
        while part := self._reply.read1(_READ_BYTES, decode_content=False):
            yield part

    def close(self) -> None:
        """Gives the connection back if the body was read to its end, and ends it if not."""
        if not self._reply.closed:
            self._reply.close()
        self._reply.release_conn()


class _Connection(HTTPConnection):
    response_class = FinalResponse

    def _new_conn(self) -> Any:
        return connected(self._dns_host, self.port)


class _TlsConnection(HTTPSConnection):
    response_class = FinalResponse

    def _new_conn(self) -> Any:
        return connected(self._dns_host, self.port or 443)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
