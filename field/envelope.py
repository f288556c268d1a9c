"""The outside of a message: who sends it, from which phone, in which epoch; and the items it carries."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .decoding import LARGEST, Refused
from .models import SyncEpoch
from .reading import is_id

PROTOCOLS = (1, 1)
MOST_ITEMS = 1000

_DEVICE = re.compile(r"[0-9A-Za-z-]{8,40}")
_APP = re.compile(r"[0-9A-Za-z.+_-]{1,20}")


@dataclass(frozen=True)
class Sender:
    device: str
    app: str


def read_sender(body: dict, user, *, owner_may_lack: bool = False, checks_epoch: bool = True) -> Sender:
    """Who speaks. Raises Refused: 400, 409 for another owner or epoch, 426 for a protocol that is not spoken."""
    protocol = body.get("protocol")
    if type(protocol) is not int:
        raise _bad("protocol")
    if not PROTOCOLS[0] <= protocol <= PROTOCOLS[1]:
        raise Refused("Ứng dụng trên máy cần cập nhật. Dữ liệu vẫn giữ trên máy.", status=426, code="upgrade")
    device, app, owner = body.get("device"), body.get("app"), body.get("owner")
    if not isinstance(device, str) or not _DEVICE.fullmatch(device):
        raise _bad("device")
    if not isinstance(app, str) or not _APP.fullmatch(app):
        raise _bad("app")
    if type(owner) is not int and not (owner is None and owner_may_lack):
        raise _bad("owner")
    if owner is not None and owner != user.pk:
        raise Refused("Dữ liệu này của tài khoản khác.", status=409, code="wrong_owner")
    if checks_epoch:
        epoch = body.get("sync_epoch")
        if type(epoch) is not int:
            raise _bad("sync_epoch")
        if epoch != SyncEpoch.current():
            raise Refused("Máy chủ đã khôi phục dữ liệu, máy sẽ gửi lại.", status=409, code="wrong_epoch")
    return Sender(device, app)


def listed_items(body: dict) -> list[dict]:
    """The items as sent. One without an id, a number or a type cannot even be kept: the batch is refused."""
    raws = body.get("items")
    if not isinstance(raws, list):
        raise _bad("items")
    if len(raws) > MOST_ITEMS:
        raise Refused(f"Nhiều nhất {MOST_ITEMS} mục một lần gửi.", status=413, code="too_large")
    for number, raw in enumerate(raws):
        if not isinstance(raw, dict) or not is_id(raw.get("id")):
            raise _bad(f"items[{number}].id")
        if type(raw.get("seq")) is not int or not 1 <= raw["seq"] <= LARGEST:
            raise _bad(f"items[{number}].seq")
        if not isinstance(raw.get("type"), str) or not 1 <= len(raw["type"]) <= 30:
            raise _bad(f"items[{number}].type")
    return raws


def _bad(name: str) -> Refused:
    return Refused(f"Gói tin sai ở “{name}”.", code="bad_envelope")
