"""How a list gets into the tables: rows made ready beforehand, the short way into the record for those who are new."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError
from django.utils import timezone
from uuid6 import uuid7

from intake import work
from intake.models import Upload
from residents.bulk import ReadyRows, learn_sizes
from residents.first_answers import first_answers
from residents.models import Household, Indicator, Observation
from residents.record import NewObservation, append

NOW = dt.datetime(2026, 11, 3, 20, 15, 7, 123_456, tzinfo=dt.UTC)


def seen(home, answer="yes", **more) -> NewObservation:
    told = {"household_id": home.pk, "resident_id": None, "indicator_id": Indicator.objects.get(code="broadband").pk}
    return NewObservation(**{"id": uuid7(), "answer": answer, "effective_at": NOW, "source": "import", **told, **more})


def test_texts_ids_days_and_json_come_back_as_they_went_in(place, lan):
    pk, day = uuid7(), dt.date(2026, 11, 3)
    note = 'một\thai\\ba\n"bốn" \\N NULL'
    rows = [
        {
            "id": pk, "code": "001", "village_id": place.ta_lang.pk, "code_village_id": place.ta_lang.pk, "since": day,
            "head_name": "Đặng Thị Hòa", "note": note, "order_no": 7, "search_key": "x", "sort_key": "1",
        }
    ]  # fmt: skip
    ready = ReadyRows(Household, rows, address="\\.")
    ready.put(0, "phone", "0905123456")
    ready.insert()
    home = Household.objects.get()
    told = (home.pk, home.since, home.note, home.address, home.phone, home.order_no, home.until, home.merged_into)
    assert told == (pk, day, note, "\\.", "0905123456", 7, None, None)
    ReadyRows(Household, []).insert()
    assert Household.objects.count() == 1


def test_the_short_way_writes_what_the_long_one_does(place, lan, new_household, catalogue):
    homes = [new_household(place.ta_lang, "Lê Văn Tư"), new_household(place.ta_lang, "Lê Văn Năm")]
    first_answers([seen(homes[0])], by=lan, received_at=NOW).insert()
    append([seen(homes[1])], by=lan, received_at=NOW)
    short, long = Observation.objects.values()
    own = {"id", "household_id", "subject"}
    assert {name: value for name, value in short.items() if name not in own} == {
        name: value for name, value in long.items() if name not in own
    }
    # What is said afterwards goes on from there.
    append([seen(homes[0], "no", effective_at=NOW + dt.timedelta(days=1))], by=lan, received_at=timezone.now())
    assert list(homes[0].observations.order_by("effective_at").values_list("answer", "until")) == [
        ("yes", (NOW + dt.timedelta(days=1)).replace(microsecond=123_000)),
        ("no", None),
    ]


def test_the_short_way_is_for_first_answers_only(place, lan, new_household, catalogue):
    home = new_household(place.ta_lang, "Lê Văn Tư")
    for items in ([seen(home), seen(home, "no")], [seen(home, "", retracts=uuid7())]):
        with pytest.raises(ValueError, match="first answers only"):
            first_answers(items, by=lan, received_at=NOW)


def test_a_long_list_is_saved_though_the_database_has_no_moment_to_learn_its_sizes(village_desk, monkeypatch):
    learned = []

    def busy(*tables):
        learn_sizes(*tables)
        learned.extend(tables)
        raise OperationalError("database is locked")

    monkeypatch.setattr(work, "learn_sizes", busy)
    upload = village_desk.bring(("Chủ hộ",), *((f"Lê Văn {number}",) for number in range(3)))
    monkeypatch.setattr(work, "AT_ONCE_AT_MOST", 2)
    upload.state = Upload.State.SAVING
    work.do(upload, by=village_desk.user)
    assert (upload.state, Household.objects.count()) == (Upload.State.SAVED, 3)
    assert Household in learned
