"""python -m app: serves until SIGTERM, then finishes what is in flight."""

import uvicorn

from . import logs
from .main import create_app
from .server import Server
from .settings import Settings
from .wrapping import Wrapping


def main() -> None:
    settings = Settings()
    logs.set_up(settings.log_level, settings.version)
    app = Wrapping(create_app(settings), settings.version)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=settings.keep_alive,
        timeout_graceful_shutdown=settings.shutdown_timeout,
    )
    Server(config, app, settings.drain).run()


if __name__ == "__main__":
    main()
