"""The process as a whole: starts, serves, and loses nothing when it is told to stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import httpx

from . import postgres
from .conftest import use


def test_requests_in_flight_are_finished(migrated, monkeypatch):
    port = postgres.free_port()
    use(migrated, monkeypatch)
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("DRAIN", "0.1")
    process = subprocess.Popen([sys.executable, "-m", "app"], env=dict(os.environ), stdout=subprocess.PIPE)
    try:
        wait_until_serving(port)
        body = json.dumps({"title": "in flight"}).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            head = f"POST /api/todos HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body[:5])
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            assert process.poll() is None
            client.sendall(body[5:])
            answer = client.recv(65536).decode()
        assert answer.startswith("HTTP/1.1 201")
        assert "x-app-version: v-test" in answer.lower()
        lines = [json.loads(line) for line in process.communicate(timeout=10)[0].splitlines()]
        written = [line for line in lines if line.get("path") == "/api/todos"]
        assert [(line["method"], line["status"], line["version"]) for line in written] == [("POST", 201, "v-test")]
    finally:
        if process.poll() is None:
            process.kill()


def test_kept_connections_are_closed_by_an_answer(monkeypatch):
    port = postgres.free_port()
    for name, value in {"PORT": port, "HOST": "127.0.0.1", "DRAIN": 1.5}.items():
        monkeypatch.setenv(name, str(value))
    process = subprocess.Popen([sys.executable, "-m", "app"], env=dict(os.environ), stdout=subprocess.DEVNULL)
    try:
        wait_until_serving(port)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as kept:
            assert "connection" not in kept.get("/health").headers
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            answer = kept.get("/health")
            assert (answer.status_code, answer.headers["connection"]) == (200, "close")
            assert kept.get("/health").status_code == 200, "new connections are still taken"
        process.wait(timeout=10)
    finally:
        if process.poll() is None:
            process.kill()


def wait_until_serving(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("not serving after 20 s")
