import socket

from app.settings import Settings

from . import postgres


def test_health_asks_no_database(ask):
    answer = ask(Settings(database_host="127.0.0.1", database_port=1, app_version="v7"))("GET", "/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "healthy"}
    assert answer.headers["x-app-version"] == "v7"


def test_connected(ask, database):
    answer = ask(database)("GET", "/api/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "database connected"})


def unhealthy(ask, settings):
    answer = ask(settings)("GET", "/api/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "database not connected"
    return answer.json()["reason"]


def test_wrong_service_name(ask):
    assert "postgres-svc.invalid does not resolve" in unhealthy(ask, Settings(database_host="postgres-svc.invalid"))


def test_refused(ask):
    port = postgres.free_port()
    assert f"127.0.0.1:{port} refused the connection" in unhealthy(ask, Settings(database_host="127.0.0.1", database_port=port))


def test_bad_credentials(ask, database):
    reason = unhealthy(ask, database.model_copy(update={"database_password": "s3cret-wrong"}))
    assert "rejected the credentials of user todo" in reason
    assert "s3cret-wrong" not in reason


def test_wrong_database(ask, database):
    assert "has no database nothing" in unhealthy(ask, database.model_copy(update={"database_name": "nothing"}))


def test_no_answer(ask):
    # A listener that never speaks, as behind a policy that drops packets.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings = Settings(database_host="127.0.0.1", database_port=port, database_connect_timeout=0.2)
        assert f"127.0.0.1:{port} does not answer" in unhealthy(ask, settings)


def test_unexpected_errors_carry_the_version(ask, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("app.health.reason", broken)
    answer = ask(Settings(database_host="127.0.0.1", database_port=1, app_version="v7"))("GET", "/api/health")
    assert answer.status_code == 500
    assert answer.headers["x-app-version"] == "v7"
