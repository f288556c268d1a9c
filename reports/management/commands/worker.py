"""manage.py worker: keep the figures fresh and make the long outputs that were asked for, until told to stop.

Figures and jobs each have a thread, so that neither waits for the other. Its heartbeat is read by manage.py doctor.
"""

from __future__ import annotations

import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection, connections
from django.utils import timezone

from accounts import jobs
from reports.drain import drain, watch
from reports.models import Worker

LAST_STEP = 8  # seconds that a running job has to give way
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Tiến trình nền: tính lại số liệu khi có thay đổi, lập các tệp lớn. Dừng bằng Ctrl-C hoặc SIGTERM."

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
                while jobs.work_once():
                    pass
            else:
                self._watch_both(seconds)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            jobs.stopping.clear()  # whoever works in this process after the command is not told to stop
        if verbosity:
            self.stdout.write("Đã dừng.")

    def _watch_both(self, seconds: float) -> None:
        making = threading.Thread(target=self._make_outputs, args=[seconds], daemon=True)
        making.start()
        watch(seconds=seconds, stopped=lambda: self.stopping, drain_once=self._work)
        jobs.stopping.set()
        making.join(LAST_STEP)  # a job that does not give way in time is started again by the next worker

    def _make_outputs(self, seconds: float) -> None:
        try:
            jobs.run_until(lambda: self.stopping, seconds=seconds)
        finally:
            connections.close_all()

    def _stop(self, *_):
        self.stopping = True
        jobs.stopping.set()

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
            Worker.objects.update_or_create(name=Worker.FIGURES, defaults={"beat_at": timezone.now(), "note": note})
            jobs.beat()
        except DatabaseError:
            log.exception("Không ghi được nhịp của tiến trình nền")
