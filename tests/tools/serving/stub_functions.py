"""Two functions that start quickly, for what concerns only their processes."""

import flask


def chat(request: flask.Request) -> flask.typing.ResponseReturnValue:
    return {"path": request.path}


def check_availability(request: flask.Request) -> flask.typing.ResponseReturnValue:
    return {"available": True}
