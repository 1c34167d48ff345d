"""A server that shuts down gracefully."""

import asyncio
import signal
from types import FrameType

import uvicorn

from .wrapping import Wrapping


class Server(uvicorn.Server):
    """On SIGTERM it goes on for `drain` seconds and closes each connection with its next response.

    A caller that keeps its connections (the frontend, through the Service) goes elsewhere by itself, and sends no request into
    a connection that is just being closed. Any other signal, or a second one, stops at once.
    """

    def __init__(self, config: uvicorn.Config, app: Wrapping, drain: float) -> None:
        super().__init__(config)
        self.app = app
        self.drain = drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig != signal.SIGTERM or self.app.leaving or not self.started:
            return super().handle_exit(sig, frame)
        self.app.leaving = True
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(loop.call_later, self.drain, super().handle_exit, sig, frame)
