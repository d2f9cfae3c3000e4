"""The server of all fakes that browsers, or many threads at once, ask."""

from http.server import ThreadingHTTPServer


class WebServer(ThreadingHTTPServer):
    """Lets many connect at once.

    In the library's own queue is room for five. Whoever comes sixth on a busy machine tries again
    after a second, and then after three: longer than some clients wait.
    """

    request_queue_size = 128
