"""A PostgreSQL server of one's own, thrown away at the end: for the tests and for `bench/`.

It runs from the installed server (Debian's `postgresql`) in a temporary folder, on loopback and a free port, and ends
with the process that started it.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

SPEED_OVER_SAFETY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum_naptime": "10s",
    "max_connections": "120",
    "shared_buffers": "256MB",
}
PR_SET_PDEATHSIG = 1


class NoServer(Exception):
    """PostgreSQL's server is not installed, or did not start."""


def server_folder() -> Path | None:
    """The folder of the newest installed server's programs, None where there is none."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parent.parent.name), reverse=True
    )
    if debian:
        return debian[0].parent
    if config := shutil.which("pg_config"):
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        if answer and (Path(answer) / "postgres").exists():
            return Path(answer)
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    return None


def unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses root. None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("no unprivileged user to run PostgreSQL as")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent() -> None:
    """Linux: the server gets SIGINT (fast shutdown) when the process that started it is gone, even by kill -9."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


class Cluster:
    """`with Cluster() as cluster: cluster.url` – or `start()` and `stop()`."""

    def __init__(self, settings: dict[str, str] | None = None):
        self.settings = SPEED_OVER_SAFETY | (settings or {})
        self.programs = server_folder()
        self.password = secrets.token_hex(16)
        self.folder: Path | None = None
        self.process: subprocess.Popen | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"postgres://cnscd:{self.password}@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> Cluster:
        return self.start()

    def __exit__(self, *unused) -> None:
        self.stop()

    def start(self) -> Cluster:
        if self.programs is None:
            raise NoServer("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
        user = unprivileged()
        self.who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        self.folder = Path(tempfile.mkdtemp(prefix="cnscd-postgresql-"))
        try:
            if user:
                os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._initialise()
            for _attempt in range(5):  # somebody may take the free port before the server does
                self.port = free_port()
                if self._serve():
                    return self
            raise NoServer(f"PostgreSQL did not start:\n{self._log()}")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def _initialise(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        if self.who:
            os.chown(password_file, self.who["user"], self.who["group"])
        done = subprocess.run(
            [
                self.programs / "initdb", "--pgdata", self.folder / "data", "--username", "cnscd",
                "--auth", "scram-sha-256", "--pwfile", password_file,
                "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            ],
            cwd=self.folder, capture_output=True, text=True, check=False, **self.who,
        )  # fmt: skip
        if done.returncode:
            raise NoServer(f"initdb: {done.stderr}")

    def _serve(self) -> bool:
        options = self.settings | {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
        }
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data"]
                + [part for name, value in options.items() for part in ("-c", f"{name}={value}")],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at the terminal is for the tests; they end the server themselves
                preexec_fn=end_with_parent,
                **self.who,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            if "ready to accept connections" in self._log():
                return True
            time.sleep(0.05)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        return False

    def _log(self) -> str:
        try:
            return (self.folder / "log").read_text(errors="replace")
        except FileNotFoundError:
            return ""
