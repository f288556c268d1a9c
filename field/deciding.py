"""A person decides about an item: into the register by the same rules and with her own rights, or not."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.rules import Can
from journal.actions import record
from journal.models import Act
from residents.actions.visits import add_note
from residents.models import Visit
from sheets.text import clean_text

from .applying import apply
from .households import Hand
from .items import Edit, Item, read_item
from .models import HeldItem, Receipt
from .outcomes import Outcome, Why
from .push import settle, try_again
from .register import Register

APPLY, SKIP = HeldItem.Decision.APPLY, HeldItem.Decision.SKIP

# What may be tapped, by the reason why the item waits: [(decision, words)].
CHOICES: dict[str, list[tuple[str, str]]] = {
    Why.SCOPE: [(APPLY, "Ghi vào sổ"), (SKIP, "Không ghi")],
    Why.RIGHTS: [(APPLY, "Ghi vào sổ"), (SKIP, "Không ghi")],
    Why.FUTURE: [(APPLY, "Ghi theo giờ máy chủ nhận"), (SKIP, "Không ghi")],
    Why.OLD: [(APPLY, "Ghi đúng ngày đó"), (SKIP, "Không ghi")],
    Why.ABSENT: [(APPLY, "Thử ghi lại"), (SKIP, "Không ghi")],
    Why.NEEDS: [(APPLY, "Ghi, không chờ nữa"), (SKIP, "Không ghi")],
    Why.CONFLICT: [(APPLY, "Lấy của người ghi"), (SKIP, "Giữ trên sổ")],
    Why.CORRECTED: [(APPLY, "Rút lại cả bản đã sửa"), (SKIP, "Giữ bản đã sửa")],
    Why.UNSUPPORTED: [(APPLY, "Thử ghi lại"), (SKIP, "Đã xem, bỏ qua")],
    Why.INVALID: [(SKIP, "Đã xem, bỏ qua")],
    Why.ID_CONFLICT: [(SKIP, "Đã xem, bỏ qua")],
    Why.DUPLICATE: [(SKIP, "Không trùng")],
    Why.SECRET: [(APPLY, "Không phải, giữ ghi chú"), (SKIP, "Xóa ghi chú")],
}
TURNED_DOWN = "Phường, xã đã xem và không ghi vào sổ."
ACCEPTED = frozenset({Why.FUTURE, Why.OLD, Why.NEEDS, Why.CORRECTED})


def choices(held: HeldItem) -> list[tuple[str, str]]:
    return CHOICES[Why(held.why)]


@transaction.atomic
def decide(held: HeldItem, decision: str, *, by, at: dt.datetime) -> HeldItem:
    """Carry out what `by` tapped. Raises ValidationError where the register still refuses; then nothing changes."""
    held = HeldItem.objects.select_for_update(of=("self",)).select_related("device__user", "user").get(pk=held.pk)
    if held.decided_at is not None:
        raise ValidationError("Mục này đã được quyết định.")
    if decision not in [value for value, _label in choices(held)]:
        raise ValidationError("Không có lựa chọn này.")
    held.decided_at, held.decided_by, held.decision = at, by, decision
    held.save(update_fields=["decided_at", "decided_by", "decision"])
    created = None
    if held.why == Why.SECRET:
        _settle_note(held, decision, by)
    elif decision == APPLY:
        created = _apply(held, by, at)
    if decision == SKIP and held.kind in (HeldItem.Kind.HELD, HeldItem.Kind.WAITING):
        _turn_down(held)
    told = {"decision": decision, "why": held.why, "item": str(held.item)}
    record(by=by, verb=Act.Verb.CHANGE, obj=held, area_id=held.area_id, **told)
    try_again(Hand(by=held.user, register=Register(held.user), now=at), created={created} if created else set())
    return held


def _turn_down(held: HeldItem) -> None:
    """For good; the phone is told, so that what it still shows of its own leaves its lists."""
    for receipt in Receipt.objects.filter(pk=held.item, user=held.user):
        receipt.final, receipt.result = True, receipt.result | {"declined": True, "message": TURNED_DOWN}
        receipt.save(update_fields=["final", "result"])


def _settle_note(held: HeldItem, decision: str, by) -> None:
    """The note goes to its visit or nowhere; here it is not kept either way."""
    if decision == APPLY:
        _put_note(held, by)
    held.raw["data"]["note"] = ""
    held.save(update_fields=["raw"])


def _put_note(held: HeldItem, by) -> None:
    visit = Visit.objects.visible_to(by, Can.RECORD_VISITS).filter(pk=held.item).first()
    if visit is None:
        raise ValidationError("Lượt đến hộ này không còn trong địa bàn.")
    add_note(by=by, visit=visit, note=clean_text(held.raw["data"]["note"], max_length=500, multiline=True))


def _apply(held: HeldItem, by, at: dt.datetime):
    """Into the register in the name of its maker, with the rights of who decides. Returns the id that it added."""
    item = read_item(held.raw, device=held.device, received_at=held.received_at)
    maker = held.user
    if held.why == Why.FUTURE:
        item.effective_at = held.received_at
    elif held.why == Why.CONFLICT:
        item, maker = _as_chosen(item, held), by
    outcome = apply([item], Hand(by=maker, register=Register(by), now=at, accepted=ACCEPTED))[item.id]
    if not outcome.code.is_in_the_record or outcome.why == Why.CONFLICT:
        raise ValidationError(refusal(outcome))
    settle([item], {item.id: outcome}, held.user, again=True)
    return item.creates


def _as_chosen(item: Item, held: HeldItem) -> Item:
    """The fields in conflict alone, over the values that stood when they came."""
    item.said = Edit(item.said.subject, held.detail["set"], held.detail["server"])
    return item


def refusal(outcome: Outcome) -> str:
    """Why the register still says no, in a sentence."""
    if errors := outcome.detail.get("errors"):
        return "Chưa ghi được: " + " ".join(errors.values())
    if outcome.why == Why.CONFLICT:
        return "Sổ vừa được người khác sửa. Đề nghị xem lại."
    if outcome.why == Why.SCOPE:
        return "Chưa ghi được: hộ không có trong sổ của địa bàn bạn phụ trách."
    return f"Chưa ghi được: {Why(outcome.why).label.lower()}." if outcome.why else "Chưa ghi được."
