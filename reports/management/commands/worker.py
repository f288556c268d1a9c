"""manage.py worker: keep the figures fresh until told to stop; its heartbeat is read by manage.py doctor."""

from __future__ import annotations

import logging
import signal

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from reports.drain import drain, watch
from reports.models import Worker

NAME = "figures"
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Tiến trình nền: tính lại số liệu khi có thay đổi. Dừng bằng Ctrl-C hoặc SIGTERM."

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, default=2, help="nghỉ giữa hai lần xem (giây)")
        parser.add_argument("--once", action="store_true", help="chạy một lần rồi dừng")

    def handle(self, *, seconds, once, verbosity, **options):
        self.stopping = once
        self.told = self.stdout.write if verbosity > 1 else lambda line: None
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            if once:
                self._work()
            watch(seconds=seconds, stopped=lambda: self.stopping, drain_once=self._work)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if verbosity:
            self.stdout.write("Đã dừng.")

    def _stop(self, *_):
        self.stopping = True

    def _work(self) -> None:
        """Drain once. An error is written down and told by the heartbeat; the next round tries again."""
        note = ""
        try:
            drain(today=timezone.localdate(), told=self._went_on)
        except Exception as error:
            log.exception("Không tính lại được số liệu")
            note = f"Lỗi: {error}"[:200]
        self._beat(note)
        if not connection.in_atomic_block:
            close_old_connections()

    def _went_on(self, line: str) -> None:
        """Between two steps of a long round: nothing is locked, and the heart beats."""
        self.told(line)
        self._beat("")

    def _beat(self, note: str) -> None:
        try:
            Worker.objects.update_or_create(name=NAME, defaults={"beat_at": timezone.now(), "note": note})
        except DatabaseError:
            log.exception("Không ghi được nhịp của tiến trình nền")
