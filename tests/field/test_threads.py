"""Many at once, with real transactions: one effect, equal answers, nothing lost, no error of ours."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connections
from django.test import Client
from uuid6 import uuid7

from accounts.rules import Role
from field.models import HeldItem, Receipt
from residents.models import Household, Observation, Visit
from tests.cast import user_with
from tests.field.phone import Phone

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs) -> list:
    """Run all jobs in threads of their own that start together; their results in order."""
    gate, found = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(number, job):
        try:
            gate.wait()
            found[number] = job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def twin(phone) -> Phone:
    """The same phone with a connection of its own."""
    other = Phone(phone.user, device=phone.device, client=Client())
    other.client.cookies = phone.client.cookies
    return other


def test_the_same_batch_from_sixteen_threads(phone, place, home, person):
    visit = phone.visit(home)
    house = str(uuid7())  # not a number of the phone: an edit waits for those that are missing
    batch = [
        visit,
        *[phone.seen(home, resident=person, visit=visit) for _ in range(10)],
        phone.item("household.add", {"household": house, "village": place.ta_lang.pk, "head_name": "Lê Thị Bảy"}),
        phone.item("household.edit", {"household": str(home.pk), "set": {"order_no": 3}, "was": {"order_no": None}}),
        phone.seen(home, resident=person, answer="perhaps"),
    ]
    twins = [twin(phone) for _ in range(16)]
    answers = at_once([lambda each=each: each.push(*batch) for each in twins])
    assert {answer.status_code for answer in answers} == {200}
    results = [answer.json()["results"] for answer in answers]
    assert sum(not result[0]["replayed"] for result in results) == 1
    told = {str([{k: v for k, v in each.items() if k != "replayed"} for each in result]) for result in results}
    assert len(told) == 1
    assert (Visit.objects.count(), Observation.objects.count(), Receipt.objects.count()) == (1, 10, 14)
    assert Household.objects.filter(pk=house).count() == 1
    assert HeldItem.objects.exclude(kind="duplicate").count() == 1


def test_phones_that_share_a_household_get_everything_in(phone, minh, home, person):
    phones = [phone, *(Phone(user) for user in (phone.user, minh, minh))]
    for each in phones[1:]:
        assert each.hello().status_code == 200
    batches = [[each.seen(home, resident=person) for _ in range(20)] for each in phones]

    def send(each, batch):
        for _ in range(20):
            answer = each.push(*batch)
            if answer.status_code == 200:
                return [result["code"] for result in answer.json()["results"]]
            assert answer.status_code == 503
        return None

    found = at_once([lambda pair=pair: send(*pair) for pair in zip(phones, batches, strict=True)])
    assert found == [["applied"] * 20] * 4
    assert Observation.objects.count() == 80
    timeline = list(Observation.objects.order_by("effective_at", "pk").values_list("effective_at", "until"))
    assert [until for _at, until in timeline] == [*(at for at, _until in timeline[1:]), None]


def hurry(place, new_household, count: int, size: int) -> None:
    """`count` phones of as many users send `size` items each at once; every third answer is lost on the way."""
    phones, batches = [], []
    for number in range(count):
        phone = Phone(user_with(f"nguoi{number}", f"Người {number}", Role.TEAM_MEMBER, place.ta_lang))
        assert phone.hello().status_code == 200
        phones.append(phone)
        homes = [new_household(place.ta_lang, f"Hộ {number}.{n}") for n in range(5)]
        batches.append([phone.seen(homes[n % 5], "broadband") for n in range(size)])

    def send(number):
        for attempt in range(30):
            answer = phones[number].push(*batches[number])
            assert answer.status_code in (200, 503), answer.content
            if answer.status_code == 200 and (number + attempt) % 3:
                return {result["code"] for result in answer.json()["results"]}
        return None

    workers = min(count, 30)  # of a server; phones wait in its queue
    started = time.monotonic()
    found = at_once([lambda w=w: [send(number) for number in range(w, count, workers)] for w in range(workers)])
    assert all(codes == {"applied"} for some in found for codes in some)
    assert Observation.objects.count() == Receipt.objects.count() == count * size
    print(f"{count} phones × {size} items: {time.monotonic() - started:.1f} s")


def test_ten_phones_at_once_lose_nothing(place, asked, new_household):
    hurry(place, new_household, 10, 10)


@pytest.mark.long
def test_two_hundred_phones_at_once_lose_nothing(place, asked, new_household):
    hurry(place, new_household, 200, 50)


def test_phones_that_ask_for_changes_while_others_write_miss_nothing(phone, minh, place, home, person):
    from tests.field.test_changes import ask, units

    his = Phone(minh)
    his.hello()
    cursor = ask(phone)["cursor"]
    items = [his.seen(home, "broadband", answer=answer) for answer in ("yes", "no", "na", "yes", "no", "yes")]
    told: list[dict] = []

    def write():
        for item in items:
            while his.push(item).status_code != 200:
                pass

    def read():
        reader, at = twin(phone), cursor
        for _ in range(8):
            data = ask(reader, at)
            at = data["cursor"]
            told.append(units(data))
        return at

    _, at = at_once([write, read])
    told.append(units(ask(phone, at)))
    last = [found[str(home.pk)] for found in told if str(home.pk) in found][-1]
    assert last["answers"][""]["broadband"][3] == items[-1]["id"]
