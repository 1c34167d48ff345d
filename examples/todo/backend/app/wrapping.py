"""Wraps every request: the version header, and a log line where one is useful."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

VERSION_HEADER = "X-App-Version"

logger = logging.getLogger("todo.requests")


class Wrapping:
    """Outside of the whole app, so that responses to unexpected errors carry the version too."""

    def __init__(self, app: ASGIApp, version: str) -> None:
        self.app = app
        self.header = (VERSION_HEADER.lower().encode(), version.encode("latin-1", "replace"))
        self.leaving = False  # each answer closes its connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start = time.perf_counter()

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), self.header]
                if self.leaving:
                    message["headers"].append((b"connection", b"close"))
                log(scope, message["status"], time.perf_counter() - start)
            await send(message)

        await self.app(scope, receive, marked)


def log(scope: Scope, status: int, seconds: float) -> None:
    """Failures are errors, writes and refusals are information, the many reads are for debugging only."""
    if status >= 500:
        level = logging.ERROR
    elif status >= 400 or scope["method"] not in ("GET", "HEAD"):
        level = logging.INFO
    else:
        level = logging.DEBUG
    if logger.isEnabledFor(level):
        fields = {"method": scope["method"], "path": scope["path"], "status": status, "ms": round(seconds * 1000, 1)}
        logger.log(level, "%s %s %s", scope["method"], scope["path"], status, extra={"fields": fields})
