import asyncio
import os
from collections.abc import Callable, Iterator

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from app.wrapping import Wrapping

from . import postgres

Ask = Callable[..., httpx.Response]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("DATABASE_", "POOL_")) or name in ("APP_VERSION", "HOST", "PORT"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def database() -> Iterator[Settings]:
    bin = postgres.programs()
    if bin is None:
        pytest.skip("PostgreSQL's server programs are not here: apt install postgresql")
    with postgres.running(bin) as settings:
        yield settings


@pytest.fixture
def ask() -> Callable[[Settings], Ask]:
    """ask(settings)(method, path, ...) sends one request to a fresh app."""

    def of(settings: Settings) -> Ask:
        def request(method: str, path: str, **arguments: object) -> httpx.Response:
            async def send() -> httpx.Response:
                app = create_app(settings)
                transport = httpx.ASGITransport(Wrapping(app, settings.version), raise_app_exceptions=False)
                async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                    try:
                        return await client.request(method, path, **arguments)
                    finally:
                        await app.state.engine.dispose()

            return asyncio.run(send())

        return request

    return of


@pytest.fixture
def migrated(database: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The database with the newest schema and no todos."""
    from alembic import command
    from sqlalchemy import text

    from app.database import create_engine
    from app.migrate import config

    use(database, monkeypatch)
    command.upgrade(config(), "head")

    async def empty() -> None:
        engine = create_engine(database)
        async with engine.begin() as connection:
            await connection.execute(text("TRUNCATE todos RESTART IDENTITY"))
        await engine.dispose()

    asyncio.run(empty())
    return database


def use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program started now reads from its environment."""
    for name, value in settings.model_dump().items():
        monkeypatch.setenv(name.upper(), str(value))
