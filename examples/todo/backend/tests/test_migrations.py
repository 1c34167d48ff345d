import asyncio
import os
import subprocess
import sys

import pytest
from alembic import command
from alembic.util import CommandError

from app.migrate import config, wait_for_database
from app.settings import Settings

from . import postgres
from .conftest import use


def test_missing_schema_is_said(ask, migrated):
    command.downgrade(config(), "base")
    answer = ask(migrated)("GET", "/api/todos")
    assert answer.status_code == 503
    assert "run the migrations" in answer.json()["detail"]


def test_models_and_migrations_agree(migrated):
    try:
        command.check(config())
    except CommandError as error:
        pytest.fail(str(error))


def test_several_at_once(migrated, monkeypatch):
    command.downgrade(config(), "base")
    use(migrated, monkeypatch)
    runs = [subprocess.Popen([sys.executable, "-m", "app.migrate"], env=dict(os.environ), stdout=subprocess.PIPE) for _ in range(3)]
    outputs = [run.communicate(timeout=60)[0].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], outputs
    assert sum("Running upgrade" in output for output in outputs) == 1, outputs


def test_waiting_has_a_limit_and_a_reason():
    port = postgres.free_port()
    with pytest.raises(TimeoutError, match=f"gave up waiting for the database after 1 s: 127.0.0.1:{port} refused"):
        asyncio.run(wait_for_database(Settings(database_host="127.0.0.1", database_port=port), limit=1))
