"""Requests to programs on this machine: without TLS, each on a connection of its own.

httpx2 would read the certificates of all authorities for each of them, which takes 50 ms of CPU.
"""

from functools import partial

import httpx2

get = partial(httpx2.get, verify=False)
options = partial(httpx2.options, verify=False)
post = partial(httpx2.post, verify=False)
request = partial(httpx2.request, verify=False)
stream = partial(httpx2.stream, verify=False)
