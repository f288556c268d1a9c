"""What became of an item, for the phone (`code`, `result`) and for the desk (`why`, `detail`)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from .clock import is_future, is_old
from .closed import ClosedSpan
from .items import Item
from .models import Code, HeldItem

Why = HeldItem.Why

MESSAGES = {
    Why.SCOPE: "Hộ không có trong sổ hoặc không thuộc địa bàn của bạn. Phường, xã sẽ xem.",
    Why.RIGHTS: "Việc này cần tổ trưởng hoặc phường, xã xem rồi ghi.",
    Why.FUTURE: "Thời điểm ở tương lai. Phường, xã sẽ xem.",
    Why.OLD: "Quá 400 ngày trước. Phường, xã sẽ xem.",
    Why.ABSENT: "Hộ không ở trong sổ vào ngày đó. Phường, xã sẽ xem.",
    Why.CORRECTED: "Lượt này đã được người khác sửa. Phường, xã sẽ xem.",
}
KINDS = {
    Code.HELD: HeldItem.Kind.HELD,
    Code.WAITING: HeldItem.Kind.WAITING,
    Code.CONFLICT: HeldItem.Kind.CONFLICT,
    Code.INVALID: HeldItem.Kind.DEAD,
    Code.UNSUPPORTED: HeldItem.Kind.DEAD,
    Code.ID_CONFLICT: HeldItem.Kind.DEAD,
}


# In the record already; something of it a person should look at.
BESIDE = {Why.DUPLICATE: HeldItem.Kind.DUPLICATE, Why.SECRET: HeldItem.Kind.TEXT}


@dataclass(frozen=True)
class Outcome:
    code: Code
    result: dict = field(default_factory=dict)
    why: str = ""
    detail: dict = field(default_factory=dict)
    is_practice: bool = False

    @property
    def kind(self) -> str:
        """What is put before the ward; "" for nothing."""
        if self.is_practice:
            return ""
        return BESIDE.get(self.why) or KINDS.get(self.code, "")

    @property
    def is_plain(self) -> bool:
        return self.code == Code.APPLIED and not self.result and not self.why


APPLIED = Outcome(Code.APPLIED)
PRACTISED = Outcome(Code.APPLIED, is_practice=True)
UNSUPPORTED = Outcome(Code.UNSUPPORTED, why=Why.UNSUPPORTED)
ID_CONFLICT = Outcome(Code.ID_CONFLICT, why=Why.ID_CONFLICT)


def held(why: Why) -> Outcome:
    return Outcome(Code.HELD, {"why": str(why), "message": MESSAGES[why]}, why)


def waiting(needs: uuid.UUID | None = None) -> Outcome:
    named = {"needs": str(needs) if needs else None}
    return Outcome(Code.WAITING, named, Why.NEEDS, named)


def invalid(errors: dict[str, str]) -> Outcome:
    return Outcome(Code.INVALID, {"errors": errors}, Why.INVALID, {"errors": errors})


def conflict(server: dict, wanted: dict, was: dict) -> Outcome:
    """`server` stands; `wanted` is what the phone would have set in its place."""
    return Outcome(Code.CONFLICT, {"server": server}, Why.CONFLICT, {"server": server, "set": wanted, "was": was})


def applied(late: ClosedSpan | None = None) -> Outcome:
    return Outcome(Code.APPLIED_LATE, {"period": late.label}) if late else APPLIED


def added(duplicates: list[uuid.UUID]) -> Outcome:
    if not duplicates:
        return APPLIED
    named = {"duplicates": [str(pk) for pk in duplicates]}
    return Outcome(Code.APPLIED, named, Why.DUPLICATE, named)


def without_note(outcome: Outcome) -> Outcome:
    """The visit is written; its note waits until the ward has looked at it."""
    told = {"kept_back": ["note"], "message": "Ghi chú có vẻ chứa số giấy tờ, mật khẩu hoặc mã OTP. Phường, xã sẽ xem."}
    return replace(outcome, result=outcome.result | told, why=Why.SECRET, detail={"kept_back": ["note"]})


def refused_at_sight(item: Item, accepted: frozenset[str] = frozenset()) -> Outcome | None:
    """What can be said without looking into the register; `accepted`: reasons that a person has decided upon."""
    if item.is_unsupported:
        return UNSUPPORTED
    if item.errors:
        return invalid(item.errors)
    if Why.FUTURE not in accepted and is_future(item.effective_at, item.received_at):
        return held(Why.FUTURE)
    if Why.OLD not in accepted and is_old(item.effective_at, item.received_at):
        return held(Why.OLD)
    return None
