"""Freezing a report, and finding out whether anything frozen was changed.

What is presented is frozen at once, so that the leader approves the very bytes that he looked at. Approving puts the
frozen report into one chain for the whole installation: each sum is taken over everything that is kept and over the sum
before it, so nothing can be changed, put in or taken out of the middle without all later sums going wrong.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
import zlib
from collections.abc import Iterator

from django.db import connection

from areas.models import Area, Level
from reports import monthly
from reports.documents import covering
from reports.explaining.contributions import contributions
from reports.models import FrozenReport, MonthlyReport, VillageConfirmation
from reports.monthly import MonthlyTables
from residents.models import IndicatorVersion

from .content import canonical, from_data, to_data, totals_of

LOCK = 0x636E73636453
COMPRESSION = 6


def freeze(report: MonthlyReport, *, at: dt.datetime, today: dt.date) -> FrozenReport:
    """Keep what the report says now; presented again it is frozen anew. Call it in a transaction."""
    tables = monthly.collect(report.area, report.period, today=today)
    data = to_data(tables) | _about(report)
    frozen, _ = FrozenReport.objects.update_or_create(
        report=report,
        defaults={
            "made_at": at,
            "content": zlib.compress(canonical(data), COMPRESSION),
            "totals": totals_of(data),
            "contributions": _contributions(report, today),
            "workbook": monthly.render(tables),
            "document": covering.render(tables, is_draft=False),
            "number": None,
            "previous_sha256": "",
            "sha256": "",
        },
    )
    return frozen


def read(frozen: FrozenReport) -> MonthlyTables:
    """The tables as they were presented."""
    return from_data(data_of(frozen))


def content_of(frozen: FrozenReport) -> bytes:
    """The canonical JSON."""
    return zlib.decompress(frozen.content)


def data_of(frozen: FrozenReport) -> dict:
    return json.loads(content_of(frozen))


def contributions_of(frozen: FrozenReport) -> dict[str, dict[str, str]]:
    """Indicator code → pseudonym → state letter (`Contribution.state`). Empty above the ward."""
    return json.loads(zlib.decompress(frozen.contributions)) if frozen.contributions else {}


def pseudonym(subject: uuid.UUID) -> str:
    """What stands for a person or a household: the register tells whose it is, nothing else does (ids are random)."""
    return hashlib.blake2b(subject.bytes, digest_size=9, person=b"cnscd").hexdigest()


# --- the chain --------------------------------------------------------------------------------------------------------


def put_into_chain(frozen: FrozenReport) -> None:
    """Give a frozen report its number and its sum; one at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = FrozenReport.objects.exclude(number=None).order_by("-number").only("number", "sha256").first()
    frozen.number = last.number + 1 if last else 1
    frozen.previous_sha256 = last.sha256 if last else ""
    frozen.sha256 = sum_of(frozen)
    frozen.save(update_fields=["number", "previous_sha256", "sha256"])


def sum_of(frozen: FrozenReport) -> str:
    """SHA-256, in hexadecimal, over everything that must not change and the sum before."""
    report = frozen.report
    kept = {
        "number": frozen.number,
        "previous": frozen.previous_sha256,
        "area": report.area_id,
        "period": [report.period.kind, report.period.start_on.isoformat(), report.period.end_on.isoformat()],
        "version": report.version,
        "presented": [report.presented_by_id, _instant(report.presented_at)],
        "approved": [report.approved_by_id, _instant(report.approved_at)],
        "made_at": _instant(frozen.made_at),
        "totals": frozen.totals,
        **{
            name: hashlib.sha256(getattr(frozen, name) or b"").hexdigest()
            for name in ("content", "contributions", "workbook", "document")
        },
    }
    return hashlib.sha256(canonical(kept)).hexdigest()


def faults() -> Iterator[str]:
    """What is wrong with the chain, a sentence for each; nothing when everything is as it was frozen."""
    number, previous = 0, ""
    for frozen in (
        FrozenReport.objects.exclude(number=None).select_related("report__area", "report__period").order_by("number")
    ):
        number += 1
        if frozen.number != number:
            yield f"Thiếu bản đóng băng số {number} trong chuỗi (sau đó là số {frozen.number})."
            number = frozen.number
        if frozen.previous_sha256 != previous:
            yield f"Bản số {frozen.number} ({frozen.report}) không nối tiếp bản đứng trước nó."
        if sum_of(frozen) != frozen.sha256:
            yield f"Bản số {frozen.number} ({frozen.report}) đã bị sửa sau khi duyệt."
        previous = frozen.sha256
    for report in MonthlyReport.objects.exclude(approved_at=None).filter(frozen__number=None).order_by("pk"):
        yield f"{report} đã duyệt nhưng không có bản đóng băng trong chuỗi."


# --- what goes in -----------------------------------------------------------------------------------------------------


def _about(report: MonthlyReport) -> dict:
    """What the figures rest on: definitions in force, who confirmed, what was explained."""
    day = report.area.last_day(report.period.end_on)
    versions = IndicatorVersion.objects.on(day).select_related("indicator").prefetch_related("requires")
    confirmed = VillageConfirmation.objects.filter(
        period=report.period, withdrawn_at=None, village__in=villages_of(report.area, day)
    ).select_related("village", "by")
    return {
        "version": report.version,
        "reason": report.reason,
        "definitions": [
            {
                "indicator": version.indicator.code,
                "subject": version.subject,
                "min_age": version.min_age,
                "max_age": version.max_age,
                "requires": sorted(required.code for required in version.requires.all()),
                "since": version.since.isoformat(),
                "definition": version.definition,
                "source": version.source,
            }
            for version in versions.order_by("indicator__order", "indicator__code")
        ],
        "confirmations": [
            {
                "village": row.village_id,
                "name": row.village.name,
                "by": str(row.by),
                "at": _instant(row.at),
                "source": row.source,
            }
            for row in confirmed.order_by("village__sort_key", "pk")
        ],
        "explanations": [
            {"finding": row.finding, "words": row.words, "by": str(row.by)}
            for row in report.explanations.select_related("by").order_by("finding")
        ],
    }


def villages_of(area: Area, day: dt.date):
    """The villages right below a ward; above the ward nobody confirms."""
    if area.level != Level.WARD:
        return Area.objects.none()
    return Area.objects.under(area, day).at(Level.VILLAGE)


def _contributions(report: MonthlyReport, today: dt.date) -> bytes | None:
    day = report.area.last_day(report.period.as_of(today))
    if report.area.level != Level.WARD:
        return None
    found: dict[str, dict[str, str]] = {}
    for row in contributions(list(villages_of(report.area, day).values_list("pk", flat=True)), day):
        found.setdefault(row.indicator_code, {})[pseudonym(row.subject_id)] = row.state
    return zlib.compress(canonical(found), COMPRESSION)


def _instant(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds") if at else None
