"""The reply that a request has in the end, without those that only inform.

A server may send any number of replies 1xx first, such as 103 Early Hints, and every client has to
pass over them (RFC 9110, section 15.2). http.client does so with 100 only, and takes the next one
for the reply.
"""

from __future__ import annotations

from http.client import HTTPResponse

_LONGEST_LINE = 65536


class FinalResponse(HTTPResponse):
    """A reply whose head is that of the final one."""

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of a reply that is final, or 100, which http.client passes over."""
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 101 < status < 200:
                return version, status, reason
            while self.fp.readline(_LONGEST_LINE).strip():
                pass  # A header of the reply that is passed over.
