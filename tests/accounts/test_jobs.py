"""Long outputs: asked for, made by the worker, fetched by whoever asked."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import jobs
from accounts.models import Job
from accounts.rules import Can
from journal.models import Act

LATER = dt.timedelta(minutes=5)


def say_hello(work: jobs.Work) -> jobs.File:
    for step in range(4):
        work.progress(step, 4)
    return jobs.File(f"Chào {work.area}.xlsx", b"PK hello")


@pytest.fixture
def kind(monkeypatch):
    """`kind(make)` registers a kind of job named "test" for whoever may see figures."""

    def register(make=say_hello):
        may = lambda user, area: user.reach().covers(area, Can.SEE_FIGURES)  # noqa: E731
        monkeypatch.setitem(jobs.KINDS, "test", jobs.Kind("test", make, may))

    register()
    return register


@pytest.fixture
def asked(kind, minh, place):
    return jobs.start(by=minh, kind="test", area=place.hoa_bac, label="Sổ xã Hòa Bắc")


@pytest.fixture
def stop():
    jobs.stopping.set()
    yield
    jobs.stopping.clear()


def address(name, job):
    return reverse(f"accounts:{name}", args=[job.pk])


def test_the_worker_makes_the_file_and_its_owner_fetches_it(asked, minh, sign_in):
    assert asked.state == Job.State.WAITING
    call_command("worker", once=True, verbosity=0)
    asked.refresh_from_db()
    assert (asked.state, asked.total) == ("done", 4)
    client = sign_in(minh)
    assert address("job_file", asked) in client.get(reverse("accounts:job_list")).content.decode()
    answer = client.get(address("job_file", asked))
    assert answer.content == b"PK hello"
    assert "chao-xa-hoa-bac.xlsx" in answer["Content-Disposition"]
    assert Act.objects.filter(verb=Act.Verb.EXPORT, actor_id=minh.pk, area_id=asked.area_id).count() == 1


def test_a_colleague_of_the_same_ward_finds_nothing(asked, place, sign_in, mai):
    jobs.work_once()
    client = sign_in(mai)
    assert asked.label not in client.get(reverse("accounts:job_list")).content.decode()
    for name in ("job_detail", "job_file"):
        assert client.get(address(name, asked)).status_code == 404
    assert client.post(address("job_remove", asked)).status_code == 404
    assert Job.objects.count() == 1


def test_who_has_left_the_ward_no_longer_fetches_the_file(asked, minh, sign_in):
    jobs.work_once()
    minh.postings.update(until=timezone.now())
    client = sign_in(minh)
    assert client.get(address("job_file", asked)).status_code == 404
    assert "không còn cho phép" in client.get(address("job_detail", asked)).content.decode()


def test_who_has_left_before_it_is_made_gets_no_file(asked, minh):
    minh.postings.update(until=timezone.now())
    jobs.work_once()
    asked.refresh_from_db()
    assert asked.state == Job.State.FAILED
    assert asked.content is None
    assert "không còn cho phép" in asked.error


def test_the_same_output_asked_for_twice_is_one_job(asked, minh, place):
    again = jobs.start(by=minh, kind="test", area=place.hoa_bac, label="Sổ xã Hòa Bắc")
    other = jobs.start(by=minh, kind="test", area=place.hoa_bac, label="Sổ khác", parameters={"period": "2026-11"})
    assert again.pk == asked.pk != other.pk
    assert DBTaskResult.objects.count() == 2


def test_nobody_fills_the_queue(kind, minh, place):
    for number in range(jobs.MOST_WAITING):
        jobs.start(by=minh, kind="test", area=place.hoa_bac, label="Sổ", parameters={"number": number})
    with pytest.raises(ValidationError, match="chưa xong"):
        jobs.start(by=minh, kind="test", area=place.hoa_bac, label="Sổ")


@pytest.mark.parametrize(
    ("error", "told"), [(ValidationError("Mẫu đã bị xóa."), "Mẫu đã bị xóa."), (RuntimeError("x"), "mã việc")]
)
def test_what_goes_wrong_is_told_to_the_owner(kind, asked, minh, sign_in, error, told, caplog):
    def fail(work):
        raise error

    kind(fail)
    jobs.work_once()
    assert told in sign_in(minh).get(address("job_detail", asked)).content.decode()
    assert Job.objects.get().state == Job.State.FAILED


def test_a_job_whose_worker_was_killed_is_started_again_but_not_for_ever(asked):
    for _ in range(jobs.MOST_TRIES):
        assert jobs._claim(asked.pk) is not None  # and then the machine goes down
        assert not Job.objects.filter(state=Job.State.WAITING).exists()
        Job.objects.update(beat_at=timezone.now() - LATER)
        jobs._revive()
    asked.refresh_from_db()
    assert (asked.state, asked.tries) == ("failed", jobs.MOST_TRIES)
    assert "3 lần" in asked.error


def test_a_job_started_again_is_made(asked):
    jobs._claim(asked.pk)
    DBTaskResult.objects.all().delete()
    Job.objects.update(beat_at=timezone.now() - LATER)
    assert jobs.work_once()
    asked.refresh_from_db()
    assert (asked.state, asked.tries) == ("done", 2)


def test_a_running_job_that_gives_signs_is_left_alone(asked):
    jobs._claim(asked.pk)
    jobs._revive()
    asked.refresh_from_db()
    assert asked.state == Job.State.RUNNING


def test_a_run_that_lost_its_job_writes_nothing(kind, asked):
    def slow(work):
        Job.objects.update(tries=2)  # meanwhile another worker has taken the job
        work.progress(1, 1)
        return jobs.File("x.xlsx", b"late")

    kind(slow)
    jobs.work_once()
    asked.refresh_from_db()
    assert asked.state == Job.State.RUNNING
    assert asked.content is None


def test_a_stopping_worker_puts_the_running_job_back(kind, asked):
    def stopped_in_the_middle(work):
        jobs.stopping.set()
        return say_hello(work)

    kind(stopped_in_the_middle)
    try:
        jobs.work_once()
    finally:
        jobs.stopping.clear()
    asked.refresh_from_db()
    assert (asked.state, asked.tries) == ("waiting", 0)
    kind(say_hello)
    assert jobs.work_once()
    asked.refresh_from_db()
    assert asked.state == Job.State.DONE


def test_a_stopping_worker_takes_no_new_job(asked, stop):
    assert jobs.work_once() is False


def test_the_page_follows_the_job_and_stops_when_it_ends(asked, minh, sign_in):
    client = sign_in(minh)
    Job.objects.update(state=Job.State.RUNNING, done=1, total=3, started_at=timezone.now(), beat_at=timezone.now())
    page = client.get(address("job_detail", asked)).content.decode()
    assert 'value="33"' in page
    assert "every 2s" in page
    assert 'http-equiv="refresh"' in page
    Job.objects.update(state=Job.State.DONE, content=b"PK", file_name="a.xlsx", finished_at=timezone.now())
    card = client.get(address("job_detail", asked), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in card
    assert "every 2s" not in card
    assert "Tải a.xlsx" in card


def test_a_job_is_stopped_and_its_file_thrown_away(asked, minh, sign_in):
    answer = sign_in(minh).post(address("job_remove", asked), follow=True)
    assert "Đã dừng" in answer.content.decode()
    assert not Job.objects.exists()
    assert jobs.work_once()  # what is left in the queue finds no job
    assert not jobs.work_once()


def test_files_are_thrown_away_after_their_time(asked):
    jobs.work_once()
    long_ago = timezone.now() - Job.KEPT - LATER
    Job.objects.update(finished_at=long_ago)
    DBTaskResult.objects.update(enqueued_at=long_ago)
    jobs.work_once()
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()
