"""What is stale is counted once, by one drainer at a time, in the periods that it touches."""

import datetime as dt
import os
import signal
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import jobs
from areas.actions import mark_stale
from areas.models import Stale
from reports import drain as draining
from reports import figures, measures, periods
from reports.changed import count_changed
from reports.drain import Busy, drain, drain_if_quick, waiting
from reports.models import Figure, Period, Worker
from residents import spells
from residents.models import IndicatorVersion, Resident, SpellDue

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def reached(area, period, code="cov:net"):
    of = [measure for measure in measures.coverage(TODAY) if measure.code == code]
    return figures.of_area(area, period, of)[code].reached


def test_an_answer_is_in_the_figures_after_draining(place, new_household, indicator, see, november):
    net = indicator("net", subject="household")
    drain(today=TODAY)
    see(new_household(place.ta_lang), net, "yes")
    drain(today=TODAY)
    for area in (place.ta_lang, place.hoa_bac, place.hoa_vang, place.da_nang, place.country):
        assert reached(area, november) == 1
    assert not Stale.objects.exists()
    assert not SpellDue.objects.exists()


def test_every_month_since_the_first_day_is_kept_with_its_running_total(place):
    Stale.objects.all().delete()
    mark_stale([place.ta_lang.pk], dt.date(2026, 9, 20))
    drain(today=TODAY)
    kept = {(period.kind, period.label) for period in Period.objects.all()}
    assert kept == {
        (kind, label.format(month))
        for month in ("10/2026", "11/2026", "12/2026")
        for kind, label in (("month", "Tháng {}"), ("to_date", "Lũy kế đến tháng {}"))
    }
    assert waiting(TODAY) == []


def test_periods_before_the_change_are_left_alone(place, new_household, indicator, see):
    old, new = periods.parse("2026-09"), periods.parse("2026-11")
    net = indicator("net", subject="household")
    household = new_household(place.ta_lang)
    see(household, net, "no", "2026-08-20")
    drain(today=TODAY)
    before = Figure.objects.get(area=place.ta_lang, period=old, measure="cov:net").counted_at
    see(household, net, "yes", "2026-10-20")
    drain(today=TODAY)
    assert Figure.objects.get(area=place.ta_lang, period=old, measure="cov:net").counted_at == before
    assert (reached(place.ta_lang, old), reached(place.ta_lang, new)) == (0, 1)


def test_a_changed_village_costs_as_many_queries_in_one_period_as_in_many(
    place, new_household, indicator, see, new_team, django_assert_max_num_queries
):
    net = indicator("net", subject="household")
    household = new_household(place.ta_lang)
    new_team(place.ta_lang)
    see(household, net, "no", "2026-08-20")
    drain(today=TODAY)
    for answer, since, periods_changed in (("yes", "2026-11-18", 2), ("yes", "2026-08-25", 8)):
        see(household, net, answer, since)
        spells.lay_out_due()
        changed = Period.objects.filter(end_on__gte=since)
        assert len(changed) == periods_changed
        with django_assert_max_num_queries(15):
            count_changed(changed, {place.ta_lang.pk: dt.date.fromisoformat(since)}, today=TODAY)
    assert reached(place.country, periods.parse("2026-09")) == 1


def test_other_villages_are_not_counted_again(place, new_household, indicator, see, november):
    net = indicator("net", subject="household")
    household = new_household(place.ta_lang)
    see(new_household(place.bau_cau), net, "yes")
    drain(today=TODAY)
    before = Figure.objects.get(area=place.bau_cau, period=november, measure="cov:net").counted_at
    see(household, net, "yes")
    drain(today=TODAY)
    assert Figure.objects.get(area=place.bau_cau, period=november, measure="cov:net").counted_at == before
    assert reached(place.hoa_vang, november) == 2


def test_a_new_day_counts_the_open_period_again(place, new_household, indicator, see):
    open_month = periods.parse("2026-12")
    epay = indicator("net", min_age=15)
    household = new_household(place.ta_lang, people=[("cháu", 2011)])
    Resident.objects.update(birth_date=dt.date(2011, 11, 22))
    see(household, epay, "yes", person=household.residents.get())
    drain(today=TODAY)
    assert reached(place.ta_lang, open_month) is None
    assert open_month.pk in {period.pk for period in waiting(TODAY + dt.timedelta(days=1))}
    drain(today=TODAY + dt.timedelta(days=1))
    assert reached(place.ta_lang, open_month) == 1


def test_a_changed_definition_counts_everything_again(place, new_household, indicator, see, november):
    net = indicator("net", min_age=15)
    household = new_household(place.ta_lang, people=[("cháu", 2015)])
    see(household, net, "yes", person=household.residents.get())
    drain(today=TODAY)
    assert reached(place.ta_lang, november) is None
    IndicatorVersion.objects.filter(indicator=net).update(min_age=6)
    drain(today=TODAY)
    assert reached(place.ta_lang, november) == 1


def test_a_changed_birth_year_counts(place, new_household, indicator, see, november):
    net = indicator("net", min_age=15)
    household = new_household(place.ta_lang, people=[("cháu", 2015)])
    see(household, net, "yes", person=household.residents.get())
    drain(today=TODAY)
    Resident.objects.update(birth_year=2005)
    spells.rebuild(household_ids=[household.pk])
    drain(today=TODAY)
    assert reached(place.ta_lang, november) == 1


def test_many_stale_villages_are_left_to_whole_counts(place, monkeypatch, november, indicator, see, new_household):
    net = indicator("net", subject="household")
    drain(today=TODAY)
    monkeypatch.setattr(draining, "MS_VILLAGE_PERIOD", 10_000)
    see(new_household(place.ta_lang), net, "yes")
    assert drain(today=TODAY).periods
    assert reached(place.ta_lang, november) == 1
    assert waiting(TODAY) == []


def test_a_page_drains_what_is_quick_and_says_when_it_is_not(place, new_household, indicator, see, november):
    net = indicator("net", subject="household")
    drain(today=TODAY)
    assert drain_if_quick([place.ta_lang.pk], today=TODAY)
    see(new_household(place.ta_lang), net, "yes", "2026-11-20")
    assert not drain_if_quick([place.ta_lang.pk], today=TODAY, budget_ms=0)
    assert Stale.objects.exists()
    assert drain_if_quick([place.hoa_bac.pk], today=TODAY, budget_ms=10_000)
    assert not Stale.objects.exists()


def test_what_is_stale_elsewhere_does_not_hold_up_a_page(place):
    drain(today=TODAY)
    mark_stale([place.tri_chinh.pk], dt.date(2026, 11, 1))
    assert drain_if_quick([place.hoa_bac.pk], today=TODAY, budget_ms=0)
    assert not drain_if_quick([place.ninh_binh.pk], today=TODAY, budget_ms=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer anyway")
def test_a_second_drainer_does_not_wait_for_the_first(place):
    mark_stale([place.ta_lang.pk], dt.date(2026, 11, 1))
    answers = []

    def second():
        try:
            drain(today=TODAY, wait=False)
        except Busy as busy:
            answers.append(busy)
        finally:
            connection.close()

    with draining._alone(wait=True):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert len(answers) == 1


# --- commands ---------------------------------------------------------------------------------------------------------


def test_the_command_counts_and_verifies(place, new_household, indicator, see, november, capsys):
    net = indicator("net", subject="household")
    see(new_household(place.ta_lang), net, "yes")
    call_command("figures", all=True)
    call_command("figures", verify=True, period="2026-11")
    assert "khớp" in capsys.readouterr().out
    Figure.objects.filter(measure="cov:net", area=place.hoa_bac, period=november).update(reached=5)
    with pytest.raises(CommandError, match="Có 1 chênh lệch"):
        call_command("figures", verify=True, period="2026-11")
    assert "cov:net" in capsys.readouterr().out


def test_a_period_that_cannot_be_read_is_told():
    with pytest.raises(CommandError, match="không phải là kỳ báo cáo"):
        call_command("figures", period="tháng 11")


def test_the_worker_beats_and_survives_an_error(place, monkeypatch, capsys, caplog):
    call_command("worker", once=True)
    assert Worker.objects.get().note == ""

    def fail(**_):
        raise RuntimeError("hỏng")

    monkeypatch.setattr("reports.management.commands.worker.drain", fail)
    call_command("worker", once=True)
    assert Worker.objects.get().note == "Lỗi: hỏng"
    assert "Không tính lại được" in caplog.text


def test_the_worker_stops_when_told(place, monkeypatch, capsys):
    rounds = []

    def one_round(**_):
        rounds.append(1)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("reports.management.commands.worker.drain", one_round)
    call_command("worker", seconds=30)
    assert rounds == [1]
    assert signal.getsignal(signal.SIGTERM) == before
    assert not jobs.stopping.is_set()
    assert "Đã dừng" in capsys.readouterr().out
