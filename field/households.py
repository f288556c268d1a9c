"""Households and people as phones add, change and end them: the verbs of the desk pages, one by one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from accounts.rules import Can
from residents import actions
from residents.models import Household, Resident, Street
from residents.rules import secrets_in
from sheets.text import search_key

from .clock import FUTURE
from .fates import promised
from .items import Edit, Item, Leaves, NewHousehold, NewResident
from .merging import merge
from .outcomes import APPLIED, ID_CONFLICT, Outcome, Why, added, conflict, held, invalid, waiting
from .register import Register


@dataclass(frozen=True)
class Hand:
    """In whose name (`by`), with whose rights (those of `register`), and when."""

    by: object
    register: Register
    now: dt.datetime
    accepted: frozenset[str] = frozenset()
    # Of each phone (by key) the lowest number of an edit that waits already: later ones queue behind it.
    waiting_edits: Mapping[int, int] = field(default_factory=dict)

    def must_wait(self, edit: Item) -> bool:
        """Edits of one phone are merged in the order of its taps: each says what the one before it left."""
        if Why.NEEDS in self.accepted:
            return False
        return edit.is_after_a_gap or edit.seq > self.waiting_edits.get(edit.device.pk, edit.seq)

    @property
    def today(self) -> dt.date:
        """A phone that runs ten minutes ahead lives in tomorrow before midnight."""
        return timezone.localdate(self.now + FUTURE)


def change_register(item: Item, hand: Hand) -> Outcome:
    """One item about a household or a person, under a savepoint."""
    try:
        if wrong := doubtful_text(item.said, _texts(item.said)):
            return invalid(wrong)
        with transaction.atomic():
            return CHANGES[item.type](item, item.said, hand)
    except ValidationError as error:
        return invalid(_sentences(error))
    except (IntegrityError, DataError):
        return invalid({"data": "Máy chủ không ghi được mục này."})


def doubtful_text(said, texts: Mapping[str, str | None]) -> dict[str, str]:
    """What seems to hold a card number, a password or an OTP, by member; the writer removes it or says it does not."""
    if getattr(said, "keeps_text", False):
        return {}
    found = {name: secrets_in(text) for name, text in texts.items() if text}
    return {
        name: f"Có vẻ chứa {' và '.join(kinds)}. Không được ghi; đề nghị xóa." for name, kinds in found.items() if kinds
    }


def _texts(said) -> dict[str, str | None]:
    match said:
        case NewHousehold():
            return {"head_name": said.head_name, "address": said.address}
        case NewResident():
            return {"label": said.label}
        case Edit():
            return {name: said.set.get(name) for name in ("head_name", "address", "label")}
    return {}


def missing(item: Item, hand: Hand, *subjects: uuid.UUID | None) -> Outcome:
    """Out of scope or unknown: one answer for both. Unless what brings the subject may still be on its way."""
    coming = promised({pk for pk in subjects if pk}, item_user(item))
    if Why.NEEDS not in hand.accepted and (coming or item.is_after_a_gap):
        return waiting()
    return held(Why.SCOPE)


def item_user(item: Item):
    return item.device.user


def _add_household(item: Item, said: NewHousehold, hand: Hand) -> Outcome:
    village = hand.register.village(said.village, Can.EDIT_PEOPLE)
    if village is None:
        return held(Why.RIGHTS if hand.register.village(said.village) else Why.SCOPE)
    if known := Household.objects.filter(pk=said.household).first():
        return APPLIED if (known.code_village_id, known.head_name) == (village.pk, said.head_name) else ID_CONFLICT
    street = _street(said.street, village.pk)
    actions.add_household(
        by=hand.by, village=village, head_name=said.head_name, since=said.since, today=hand.today,
        id=said.household, address=said.address, street=street, order_no=said.order_no,
    )  # fmt: skip
    hand.register.forget(said.household)
    alike = Household.objects.present().filter(village=village, street=street, search_key=search_key(said.head_name))
    return added(list(alike.exclude(pk=said.household).values_list("pk", flat=True)[:5]))


def _edit_household(item: Item, said: Edit, hand: Hand) -> Outcome:
    household = hand.register.household(said.subject)
    if household is None:
        return missing(item, hand, said.subject)
    if not hand.register.may_edit(household):
        return held(Why.RIGHTS)
    if hand.must_wait(item):
        return waiting()
    household = (
        Household.objects.select_for_update(of=("self",), no_key=True).select_related("village").get(pk=household.pk)
    )
    current = {name: getattr(household, "street_id" if name == "street" else name) for name in said.set}
    merged = merge(current, said.set, said.was)
    take = dict(merged.take)
    if "street" in take:
        take["street"] = _street(take["street"], household.village_id)
    if take:
        actions.edit_household(by=hand.by, household=household, **take)
        hand.register.forget(said.subject, household.pk)
    return _merged(merged, said)


def _add_resident(item: Item, said: NewResident, hand: Hand) -> Outcome:
    household = hand.register.household(said.household)
    if household is None:
        return missing(item, hand, said.household)
    if not hand.register.may_edit(household):
        return held(Why.RIGHTS)
    if known := Resident.objects.filter(pk=said.resident).first():
        is_same = (known.household_id, known.label) == (household.pk, said.label)
        return APPLIED if is_same else ID_CONFLICT
    person = actions.NewPerson(
        id=said.resident, label=said.label, birth_year=said.birth_year, age_band=said.age_band, sex=said.sex,
        stays=said.stays, is_head=said.is_head,
    )  # fmt: skip
    actions.add_resident(by=hand.by, household=household, person=person, since=said.since, today=hand.today)
    hand.register.forget(said.resident)
    if not (key := search_key(said.label)):
        return APPLIED
    near = Resident.objects.present().filter(household__village=household.village_id, search_key=key)
    near = near.filter(household__street=household.street_id, birth_year=said.birth_year, age_band=said.age_band)
    return added(list(near.exclude(pk=said.resident).values_list("pk", flat=True)[:5]))


def _edit_resident(item: Item, said: Edit, hand: Hand) -> Outcome:
    resident = hand.register.resident(said.subject)
    if resident is None:
        return missing(item, hand, said.subject)
    if not hand.register.may_edit(resident.household):
        return held(Why.RIGHTS)
    if hand.must_wait(item):
        return waiting()
    resident = _locked(resident)
    merged = merge({name: getattr(resident, name) for name in said.set}, said.set, said.was)
    if merged.take:
        actions.edit_resident(by=hand.by, resident=resident, today=hand.today, **merged.take)
        hand.register.forget(said.subject, resident.pk)
    return _merged(merged, said)


def _leave(item: Item, said: Leaves, hand: Hand) -> Outcome:
    resident = hand.register.resident(said.resident)
    if resident is None:
        return missing(item, hand, said.resident)
    if not hand.register.may_edit(resident.household):
        return held(Why.RIGHTS)
    resident = _locked(resident)
    if resident.until is None:
        actions.resident_leaves(by=hand.by, resident=resident, on=said.on, why=said.why, today=hand.today)
        hand.register.forget(said.resident, resident.pk)
    return APPLIED


def _locked(resident: Resident) -> Resident:
    """The row as it is now. The household first, as the record does."""
    Household.objects.select_for_update(no_key=True).get(pk=resident.household_id)
    locked = Resident.objects.select_for_update(of=("self",), no_key=True).select_related("household__village")
    return locked.get(pk=resident.pk)


def _street(pk: int | None, village_id: int) -> Street | None:
    if pk is None:
        return None
    street = Street.objects.filter(pk=pk, village=village_id).first()
    if street is None:
        raise ValidationError({"street": "Đường, ngõ này không còn trong danh sách của thôn."})
    return street


def _merged(merged, said: Edit) -> Outcome:
    if not merged.stands:
        return APPLIED
    names = merged.stands.keys()
    return conflict(merged.stands, {name: said.set[name] for name in names}, {name: said.was[name] for name in names})


def _sentences(error: ValidationError) -> dict[str, str]:
    if hasattr(error, "error_dict"):
        return {name: " ".join(messages) for name, messages in error.message_dict.items()}
    return {"data": " ".join(error.messages)}


CHANGES = {
    "household.add": _add_household,
    "household.edit": _edit_household,
    "resident.add": _add_resident,
    "resident.edit": _edit_resident,
    "resident.leave": _leave,
}
