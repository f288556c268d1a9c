"""Server and background worker together, for `make demo` and for one small machine; systemd does it in production."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Chạy máy chủ và tiến trình nền trên máy này; Ctrl-C dừng cả hai."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="cổng (mặc định 8000)")
        parser.add_argument("--only-check-port", action="store_true", help="chỉ xem cổng có dùng được không")

    def handle(self, *, port: int, only_check_port: bool, **options):
        if not port_is_free(port):
            raise CommandError(
                f"Cổng {port} đang có chương trình khác dùng (có thể bản trình diễn vẫn đang chạy). "
                f"Tắt chương trình đó hoặc chọn cổng khác, ví dụ: make demo PORT={port + 80}"
            )
        if only_check_port:
            return
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupt)
        running = []
        try:
            running = [start("manage.py", "worker"), start("-m", "gunicorn", *gunicorn_options(port))]
            self.wait(running, port)
        except KeyboardInterrupt:
            self.stdout.write("\nĐang dừng …")
        finally:
            stop(running)

    def wait(self, running: list[subprocess.Popen], port: int) -> None:
        """Until one of them ends, which is a fault: both are meant to go on."""
        announced = False
        while all(process.poll() is None for process in running):
            if not announced and not port_is_free(port):
                self.stdout.write(f"\nĐang chạy tại http://{HOST}:{port} – nhấn Ctrl-C để dừng.")
                self.stdout.flush()
                announced = True
            time.sleep(0.3)
        raise CommandError("Máy chủ hoặc tiến trình nền đã tự dừng; xem thông báo lỗi ở trên.")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def gunicorn_options(port: int) -> list[str]:
    return [
        "cnscd.wsgi",
        *("--bind", f"{HOST}:{port}"),
        *("--workers", "1"),
        *("--threads", "8"),
        *("--log-level", "warning"),
        "--no-control-socket",
    ]


def start(*words: str) -> subprocess.Popen:
    """In a session of its own: Ctrl-C comes to us, and we end both in good order."""
    return subprocess.Popen([sys.executable, *words], cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603


def stop(running: list[subprocess.Popen]) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def interrupt(*unused) -> None:
    raise KeyboardInterrupt
