"""Long outputs: asked for on a page, made by the worker, kept a week for whoever asked.

The queue is django-tasks in this database; what a person sees is a `Job`: how far it is, its file, or why it has none.
An app registers what it can make with `@job`; the worker calls `work_once`. A job whose worker died is started again;
what a run writes counts only while it is still the one that holds the job.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, close_old_connections, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from areas.models import Area

from .models import Job, User

MOST_TRIES = 3
MOST_WAITING = 10  # of one person
LEASE = dt.timedelta(minutes=2)  # a run that has not given a sign for so long is taken for dead
TOLD_EVERY = 0.5  # seconds between two writes of the progress
log = logging.getLogger(__name__)

# Set when the worker is told to stop: the running job gives way at its next step and is started again later.
stopping = threading.Event()
_running: set[int] = set()
# Of django-tasks' own worker only `run_task` is used: its loop closes the connections of whoever calls it.
WORKER = Worker(
    queue_names=["default"],
    interval=0,
    batch=True,
    backend_name="default",
    startup_delay=False,
    max_tasks=1,
    worker_id=f"cnscd-{os.getpid()}",
    excluded_queue_names=[],
)


@dataclass(frozen=True)
class Kind:
    code: str
    make: Callable[[Work], File]
    # May she have this output of this area, now? Asked at the start, before the work and at every download.
    may: Callable[[User, Area], bool]
    is_personal: bool = False  # does its file name people of households?


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


KINDS: dict[str, Kind] = {}


def job(code: str, *, may: Callable[[User, Area], bool], is_personal: bool = False):
    """Register a function that makes the file of a kind of job: `make(work)` → `File`."""

    def register(make: Callable[[Work], File]):
        KINDS[code] = Kind(code, make, may, is_personal)
        return make

    return register


class GivesWay(Exception):
    """The worker is stopping: the job goes back to the queue."""


class Superseded(Exception):
    """Another run has the job now, or it was taken away: what this one makes is thrown away."""


class Work:
    """One run of a job, as the function that makes its file sees it."""

    def __init__(self, job: Job):
        self.job, self.run = job, job.tries
        self.user = job.user
        self.area = Area.objects.get(pk=job.area_id)
        self.parameters = job.parameters
        self._told_at = 0.0

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is. Call it often: here the job gives way to a stop and learns that it was taken away."""
        if stopping.is_set():
            raise GivesWay
        now = time.monotonic()
        if now - self._told_at < TOLD_EVERY and done < total:
            return
        self._told_at = now
        try:
            alive = self.mine().update(done=done, total=total, beat_at=timezone.now())
        except OperationalError:  # the database is busy: the next step tells it
            return
        if not alive:
            raise Superseded

    def mine(self):
        """The job's row while this run still holds it."""
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, tries=self.run)


# --- asking -----------------------------------------------------------------------------------------------------------


def may_have(user: User, job: Job) -> bool:
    """Whoever asked, while her posting still covers the area and her role still makes such outputs."""
    kind, area = KINDS.get(job.kind), Area.objects.filter(pk=job.area_id).first()
    return kind is not None and area is not None and job.user_id == user.pk and kind.may(user, area)


@transaction.atomic
def start(*, by: User, kind: str, area: Area, label: str, parameters: dict | None = None) -> Job:
    """Ask for an output. The same one asked for again while it is on its way is that one.

    Raises ValidationError (Vietnamese) when too many of hers are waiting.
    """
    parameters = parameters or {}
    hers = list(Job.objects.visible_to(by).unfinished())
    for job in hers:
        if (job.kind, job.area_id, job.parameters) == (kind, area.pk, parameters):
            return job
    if len(hers) >= MOST_WAITING:
        raise ValidationError(f"Đang có {len(hers)} việc chưa xong. Đợi xong bớt rồi yêu cầu thêm.")
    job = Job.objects.create(user=by, kind=kind, label=label, area_id=area.pk, parameters=parameters)
    _enqueue(job.pk)
    return job


def _enqueue(pk: int) -> None:
    Job.objects.filter(pk=pk).update(task_id=perform.enqueue(pk).id)


# --- working ----------------------------------------------------------------------------------------------------------


def work_once() -> bool:
    """Take one job from the queue and do it; False when none was ready. Called by the worker, over and over."""
    _revive()
    _tidy()
    if stopping.is_set() or not DBTaskResult.objects.ready().exists():
        return False
    with transaction.atomic():  # SQLite lets one writer in (transaction_mode IMMEDIATE), PostgreSQL skips locked rows
        queued = DBTaskResult.objects.ready().get_locked()
        if queued is not None:
            queued.claim(WORKER.worker_id)
    if queued is not None:
        WORKER.run_task(queued)
    return queued is not None


def beat() -> None:
    """Say that the jobs of this process are alive, also while one of their steps takes long."""
    if running := list(_running):
        Job.objects.filter(pk__in=running, state=Job.State.RUNNING).update(beat_at=timezone.now())


@task
def perform(pk: int) -> None:
    """One run of a job. What goes wrong is told to its owner; nothing is raised to the queue."""
    job = _claim(pk)
    if job is None:
        return
    work = Work(job)
    _running.add(pk)
    try:
        _finish(work, _make(work))
    except GivesWay:
        work.mine().update(state=Job.State.WAITING, tries=work.run - 1)
        _enqueue(pk)
    except Superseded:
        log.warning("job %s: another run holds it, this one is thrown away", pk)
    except ValidationError as error:
        _fail(work, " ".join(error.messages))
    except OperationalError:
        log.exception("job %s: the database was busy", pk)  # its lease runs out, and it is started again
    except Exception:
        log.exception("job %s", pk)
        _fail(work, f"Máy chủ gặp lỗi khi lập tệp. Thử lại; nếu vẫn lỗi, báo người quản trị mã việc {pk}.")
    finally:
        _running.discard(pk)


def _claim(pk: int) -> Job | None:
    """The job as this run's own; None when it is gone, done or another's."""
    with transaction.atomic():
        job = Job.objects.select_for_update().defer("content").filter(pk=pk, state=Job.State.WAITING).first()
        if job is None:
            return None
        job.state, job.tries, job.done, job.total = Job.State.RUNNING, job.tries + 1, 0, 0
        job.started_at = job.beat_at = timezone.now()
        job.save(update_fields=["state", "tries", "done", "total", "started_at", "beat_at"])
    return job


def _make(work: Work) -> File:
    if not may_have(work.user, work.job):
        raise ValidationError("Phân công hiện nay không còn cho phép lập tệp này.")
    return KINDS[work.job.kind].make(work)


def _finish(work: Work, file: File) -> None:
    kept = work.mine().update(
        state=Job.State.DONE, file_name=file.name, content=file.content, finished_at=timezone.now(), error=""
    )
    if not kept:
        raise Superseded


def _fail(work: Work, error: str) -> None:
    work.mine().update(state=Job.State.FAILED, error=error[:1000], finished_at=timezone.now())


def _revive() -> None:
    """Start again what a dead worker left, and what has lost its place in the queue; give up after MOST_TRIES."""
    silent = Job.objects.filter(state=Job.State.RUNNING, beat_at__lt=timezone.now() - LEASE).exclude(pk__in=_running)
    for pk, tries, beat_at in silent.values_list("pk", "tries", "beat_at"):
        same = Job.objects.filter(pk=pk, state=Job.State.RUNNING, tries=tries, beat_at=beat_at)
        if tries >= MOST_TRIES:
            told = f"Tiến trình nền dừng giữa chừng {tries} lần khi làm việc này. Báo người quản trị mã việc {pk}."
            same.update(state=Job.State.FAILED, error=told, finished_at=timezone.now())
        else:
            same.update(state=Job.State.WAITING)
    queued = DBTaskResult.objects.ready().values("id")
    for pk in Job.objects.filter(state=Job.State.WAITING).exclude(task_id__in=queued).values_list("pk", flat=True):
        with transaction.atomic():
            _enqueue(pk)


def _tidy() -> None:
    """Take away files kept long enough, and the queue's rows of yesterday."""
    now = timezone.now()
    old = [
        Job.objects.filter(finished_at__lt=now - Job.KEPT),
        DBTaskResult.objects.exclude(status=TaskResultStatus.READY).filter(enqueued_at__lt=now - dt.timedelta(days=1)),
    ]
    for rows in old:
        if rows.exists():
            rows.delete()


def take_away_personal(areas: Collection[int]) -> None:
    """People of these areas were forgotten: files that may name them go, those under way are made once more."""
    kinds = [kind.code for kind in KINDS.values() if kind.is_personal]
    jobs = Job.objects.filter(kind__in=kinds, area_id__in=areas)
    jobs.filter(state=Job.State.DONE).delete()
    jobs.filter(state=Job.State.RUNNING).update(state=Job.State.WAITING)


def run_until(stopped: Callable[[], bool], *, seconds: float) -> None:
    """Do jobs until told to stop; an error is written down and the next round tries again."""
    while not stopped():
        try:
            worked = work_once()
        except DatabaseError:
            log.exception("the queue of jobs could not be read")
            worked = False
        close_old_connections()
        if not worked:
            stopping.wait(seconds)
