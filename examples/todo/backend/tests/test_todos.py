import asyncio

import httpx
import pytest

from app.main import create_app


def test_life_of_a_todo(ask, migrated):
    request = ask(migrated)
    added = request("POST", "/api/todos", json={"title": "  buy milk "})
    assert added.status_code == 201
    todo = added.json()
    assert (todo["title"], todo["done"]) == ("buy milk", False)
    assert added.headers["location"] == f"/api/todos/{todo['id']}"
    path = added.headers["location"]
    assert request("GET", path).json() == todo
    assert request("PATCH", path, json={"done": True}).json() == {**todo, "done": True}
    assert request("PATCH", path, json={"title": "buy oat milk"}).json() == {**todo, "done": True, "title": "buy oat milk"}
    assert request("DELETE", path).status_code == 204
    assert request("GET", path).status_code == 404
    assert request("DELETE", path).status_code == 404


def test_pages_newest_first(ask, migrated):
    request = ask(migrated)
    for number in range(5):
        request("POST", "/api/todos", json={"title": f"t{number}", "done": number == 0})
    page = request("GET", "/api/todos?page=2&size=2").json()
    assert ([each["title"] for each in page["items"]], page["total"], page["page"], page["size"]) == (["t2", "t1"], 5, 2, 2)
    assert request("GET", "/api/todos?page=9&size=2").json()["items"] == []
    done = request("GET", "/api/todos?done=true").json()
    assert ([each["title"] for each in done["items"]], done["total"]) == (["t0"], 1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", {}),
        ("POST", "", {"title": "   "}),
        ("POST", "", {"title": "x" * 201}),
        ("POST", "", {"title": "a\u0000b"}),
        ("POST", "", {"title": 5}),
        ("POST", "", {"title": "x", "colour": "red"}),
        ("PATCH", "/1", {}),
        ("PATCH", "/1", {"done": None}),
        ("GET", "?page=0", None),
        ("GET", "?size=101", None),
        ("GET", "?page=99999999999999999999", None),
        ("GET", "/0", None),
        ("GET", "/9223372036854775808", None),
        ("GET", "/abc", None),
    ],
)
def test_refused(ask, migrated, method, path, body):
    ask(migrated)("POST", "/api/todos", json={"title": "there"})
    answer = ask(migrated)(method, f"/api/todos{path}", json=body)
    assert answer.status_code == 422, answer.text


def test_busy_pool_is_said(migrated):
    async def crowd() -> httpx.Response:
        app = create_app(migrated)
        async with app.state.engine.connect(), app.state.engine.connect():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
                answer = await client.get("/api/todos")
        await app.state.engine.dispose()
        return answer

    answer = asyncio.run(crowd())
    assert answer.status_code == 503
    assert "all 2 connections of the pool are busy" in answer.json()["detail"]
