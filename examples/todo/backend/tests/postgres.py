"""A real PostgreSQL on loopback for the tests, from the programs of the machine."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from app.settings import Settings

PASSWORD = "it's:a/p@ss"


def programs() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def running(bin: Path) -> Iterator[Settings]:
    """Yields settings that lead to an empty database `tododb`."""
    directory = Path(mkdtemp(prefix="pg-"))
    # PostgreSQL does not run as root.
    user = {}
    if os.getuid() == 0:
        entry = pwd.getpwnam("postgres")
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        os.chown(directory, entry.pw_uid, entry.pw_gid)
    secret = directory / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run([bin / program, *arguments], capture_output=True, text=True, cwd=directory, **user)
        assert done.returncode == 0, done.stderr

    data = str(directory / "data")
    port = free_port()
    run("initdb", "-D", data, "-U", "todo", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync")
    options = f"-h 127.0.0.1 -p {port} -k {directory} -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", str(directory / "log"), "-o", options, "start")
    try:
        settings = Settings(
            database_host="127.0.0.1",
            database_port=port,
            database_password=PASSWORD,
            database_connect_timeout=2,
            pool_size=2,
            pool_max_overflow=0,
            pool_timeout=0.3,
            app_version="v-test",
        )
        environment = {**os.environ, "PGPASSWORD": PASSWORD}
        subprocess.run([bin / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "todo", "tododb"], check=True, env=environment)
        yield settings
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(directory)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
