"""The connection pool, and plain words for what can go wrong with it."""

import socket
from collections.abc import AsyncIterator

import asyncpg
from fastapi import Request
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from .settings import Settings


def create_engine(settings: Settings) -> AsyncEngine:
    return create_async_engine(
        settings.database_url,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_max_overflow,
        pool_timeout=settings.pool_timeout,
        pool_recycle=settings.pool_recycle,
        pool_pre_ping=True,
        connect_args={"timeout": settings.database_connect_timeout, "server_settings": {"application_name": "todo-backend"}},
    )


async def session(request: Request) -> AsyncIterator[AsyncSession]:
    """One session per request; writers commit it themselves."""
    maker: async_sessionmaker[AsyncSession] = request.app.state.sessions
    async with maker() as opened:
        yield opened


def reason(error: BaseException, settings: Settings) -> str | None:
    """Why the database cannot be used at the moment, without secrets; None for other errors."""
    where = f"{settings.database_host}:{settings.database_port}"
    for each in _chain(error):
        match each:
            case socket.gaierror():
                return f"the host name {settings.database_host} does not resolve: is DATABASE_HOST the name of the database's Service?"
            case ConnectionRefusedError():
                return f"{where} refused the connection: is PostgreSQL running, and does no NetworkPolicy reject this pod?"
            case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
                return f"{where} rejected the credentials of user {settings.database_user}: does the Secret hold the database's password?"
            case asyncpg.InvalidCatalogNameError():
                return f"{where} has no database {settings.database_name}"
            case asyncpg.UndefinedTableError() | asyncpg.UndefinedColumnError():
                return "the schema is missing or old: run the migrations (python -m app.migrate)"
            case asyncpg.TooManyConnectionsError():
                return f"{where} has no connection left: pools are larger than max_connections"
            case asyncpg.CannotConnectNowError():
                return f"{where} is starting or stopping"
            case exc.TimeoutError():
                return f"all {settings.pool_size + settings.pool_max_overflow} connections of the pool are busy"
            case TimeoutError():
                return f"{where} does not answer: is a NetworkPolicy in the way?"
    for each in _chain(error):
        if isinstance(each, OSError | asyncpg.PostgresConnectionError | asyncpg.InterfaceError | exc.InterfaceError):
            return f"the connection to {where} failed: {type(each).__name__}"
    return None


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what caused it, the root cause first."""
    found: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop(0)
        if each is None or each in found:
            continue
        found.append(each)
        todo += [each.__cause__, each.__context__, getattr(each, "orig", None)]
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions
    return found[::-1]
