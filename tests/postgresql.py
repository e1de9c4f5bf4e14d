"""A PostgreSQL of our own, for the tests and for the benchmarks beside them."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_QUIET = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"


def postgres_programs() -> str | None:
    """Return the folder of PostgreSQL's server programs, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return str(found[0].parent) if found else str(Path(on_path).parent) if on_path else None


@contextmanager
def running_postgres(programs: Path, options: str = "") -> Iterator[str]:
    """Start a PostgreSQL that nobody else has; yields its URL without a database.

    Args:
        programs: The folder with initdb and pg_ctl.
        options: Settings for the server's command line, `-c name=value …`.
    """
    # Not below pytest's own folder, which only root may enter when root runs the tests.
    folder = Path(tempfile.mkdtemp(prefix="pismo-postgres-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # The server refuses to run as root; then it runs as `postgres`, in a folder it may enter.
    as_user: list[str] = []
    if os.name == "posix" and os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    cluster = folder / "cluster"

    def run(program: str, *words: str) -> None:
        command = [*as_user, str(programs / program), "-D", str(cluster), *words]
        done = subprocess.run(command, capture_output=True, cwd=folder, text=True, check=False)
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-U", "pismo", "-A", "trust", "-E", "UTF8", "--locale=C")
        run(
            "pg_ctl",
            "-o",
            f"-p {port} {_QUIET} {options}",
            "-l",
            str(folder / "log"),
            "-w",
            "start",
        )
        yield f"postgresql://pismo@127.0.0.1:{port}"
    finally:
        with suppress(AssertionError):
            run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)
