"""Two questions: does this process serve, and does it reach its database."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text

from .database import reason

router = APIRouter(tags=["health"])

DATABASE_LIMIT = 4  # seconds


@router.get("/health")
async def health() -> dict[str, str]:
    """For probes: depends on nothing else, so that a database in trouble does not take every pod out of service."""
    return {"status": "healthy"}


@router.get("/api/health")
async def database_health(request: Request) -> JSONResponse:
    """For smoke tests and people: one query through the pool."""
    state = request.app.state
    try:
        async with asyncio.timeout(DATABASE_LIMIT), state.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as error:
        why = reason(error, state.settings)
        if why is None:
            raise
        return JSONResponse({"status": "database not connected", "reason": why}, 503)
    return JSONResponse({"status": "database connected"})
