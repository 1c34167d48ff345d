"""python -m app.migrate: waits for the database, then brings its schema to this version's.

Running it twice, or twice at the same time, does no harm: an advisory lock lets one run after the other.
"""

import asyncio
import logging
import sys
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from . import logs
from .database import create_engine, reason
from .settings import Settings

WAIT = 60  # seconds
logger = logging.getLogger("todo.migrate")


def config() -> Config:
    return Config(str(Path(__file__).parent.parent / "alembic.ini"))


async def wait_for_database(settings: Settings, limit: float = WAIT) -> None:
    """Returns when the database answers; raises TimeoutError with the last reason after `limit` seconds."""
    engine = create_engine(settings)
    end = time.monotonic() + limit
    said = ""
    try:
        while True:
            try:
                async with engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
                return
            except Exception as error:
                why = reason(error, settings)
                if why is None:
                    raise
                if time.monotonic() >= end:
                    raise TimeoutError(f"gave up waiting for the database after {limit:g} s: {why}") from error
                if why != said:
                    logger.info("waiting for the database: %s", why)
                    said = why
            await asyncio.sleep(0.5)
    finally:
        await engine.dispose()


def main() -> int:
    settings = Settings()
    logs.set_up(settings.log_level, settings.version)
    try:
        asyncio.run(wait_for_database(settings))
    except TimeoutError as error:
        logger.error("%s", error)
        return 1
    command.upgrade(config(), "head")
    logger.info("the schema is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
