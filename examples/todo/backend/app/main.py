"""The app: what it is made of, and what an unusable database means for its callers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import async_sessionmaker

from . import health, todos
from .database import create_engine, reason
from .settings import Settings


def create_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await app.state.engine.dispose()

    app = FastAPI(title="Todo backend", version=settings.version, lifespan=lifespan)
    app.state.settings = settings
    app.state.engine = create_engine(settings)
    app.state.sessions = async_sessionmaker(app.state.engine, expire_on_commit=False)
    app.include_router(health.router)
    app.include_router(todos.router)

    async def unusable(request: Request, error: Exception) -> JSONResponse:
        why = reason(error, settings)
        if why is None:
            raise error
        return JSONResponse({"detail": f"The database is not usable: {why}"}, 503, {"Retry-After": "1"})

    for kind in (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        app.add_exception_handler(kind, unusable)
    return app
