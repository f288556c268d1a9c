from __future__ import annotations

from django.middleware.csrf import get_token
from django.utils import timezone

from accounts.rules import Can
from field.catalogue import catalogue
from field.changes import changes
from field.cursors import Cursor, read_cursor
from field.decoding import Refused
from field.models import SyncEpoch
from field.scope import scope_epoch
from field.units import periods_of
from journal.actions import record
from journal.models import Act
from reports.periods import starts_at

from .api import endpoint

USUAL = 200
MOST_CHANGES = 500


def note_first_load(request) -> None:
    """A phone that takes the households of a village along is journalled, as an export is."""
    for village in request.user.reach().villages(Can.RECORD_VISITS):
        record(
            by=request.user, verb=Act.Verb.EXPORT, area_id=village["pk"], label="Tải sổ hộ về điện thoại",
            address=request.META.get("REMOTE_ADDR"),
        )  # fmt: skip


@endpoint("GET")
def changes_since(request) -> dict:
    """Reference data beyond the phone's cursor; without one, or with one of another epoch, from the beginning."""
    limit = request.GET.get("limit", str(USUAL))
    if not (limit.isascii() and limit.isdecimal() and 1 <= len(limit) <= 4 and 1 <= int(limit) <= MOST_CHANGES):
        raise Refused(f"“limit” phải từ 1 đến {MOST_CHANGES}.", code="bad_envelope")
    period, before = periods_of(timezone.localdate())
    epoch = SyncEpoch.current()
    sent = request.GET.get("cursor", "")
    cursor = read_cursor(sent, epoch) if sent else None
    found = changes(request.user, cursor or Cursor(epoch), limit=int(limit), since=starts_at(period.start_on))
    asked = catalogue(period, before)
    data = {
        "sync_epoch": epoch,
        "scope_epoch": scope_epoch(request.user),
        "more": found.more,
        "units": found.units,
    }
    if sent and cursor is None:
        data["reset"] = True
    if cursor is None:
        note_first_load(request)
    get_token(request)  # a phone whose token is gone gets a new cookie with this answer
    if found.cursor.catalogue != asked["version"]:
        found.cursor.catalogue = asked["version"]
        data["catalogue"] = asked
    return data | {"cursor": found.cursor.text()}
