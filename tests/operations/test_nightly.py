"""The work of the night: each step on its own, and what went wrong is told until a night goes well."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from areas.models import Area, Level
from cnscd.operations import checkup, nightly
from reports.drain import drain
from reports.models import Figure, Worker
from reports.periods import month_containing

pytestmark = pytest.mark.django_db


def night() -> tuple[int, str]:
    """Exit code and what was printed."""
    out = StringIO()
    try:
        call_command("nightly", stdout=out, no_color=True)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def doctor() -> tuple[bool, str]:
    (finding,) = checkup.nightly_findings(timezone.now())
    return finding.is_well, finding.text


@pytest.fixture
def counted():
    Area.objects.create(level=Level.VILLAGE, name="Thôn Tà Lang", kind="Thôn", since=dt.date(2024, 9, 1))
    month_containing(timezone.localdate())
    drain(today=timezone.localdate())
    assert Figure.objects.exists()


def test_the_doctor_misses_a_night_that_never_was():
    assert doctor()[0] is False


def test_a_quiet_night(counted):
    code, told = night()
    assert (code, told.count("✓"), "đếm lại 1 kỳ, khớp" in told) == (0, 5, True)
    assert doctor() == (True, "Việc hằng đêm: lần cuối vừa xong.")


def test_a_night_too_long_ago_is_missed(counted):
    night()
    (finding,) = checkup.nightly_findings(timezone.now() + dt.timedelta(hours=27))
    assert not finding.is_well


def test_a_figure_kept_wrong_is_told_and_put_right(counted):
    wrong = Figure.objects.filter(value__isnull=False).first()
    Figure.objects.filter(pk=wrong.pk).update(value=wrong.value + 7)
    code, told = night()
    assert (code, "lệch 1 số" in told) == (1, True)
    assert "lệch 1 số" in doctor()[1]
    right = Figure.objects.get(area=wrong.area_id, period=wrong.period_id, measure=wrong.measure)
    assert right.value == wrong.value
    assert night()[0] == 0


def test_a_step_that_breaks_does_not_keep_the_others(counted, monkeypatch, caplog):
    def breaks(now):
        raise RuntimeError("hỏng")

    monkeypatch.setitem(nightly.STEPS, "Số liệu", breaks)
    code, told = night()
    assert (code, told.count("✓"), "✗ Số liệu: hỏng" in told) == (1, 4, True)
    assert (doctor()[0], Worker.objects.get(name=Worker.NIGHTLY).note) == (False, "Số liệu: hỏng")
    assert "Số liệu" in caplog.text
