"""Figures that somebody published, carried as data: the five articles the product began with."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from areas.models import Area, Level
from sheets.text import search_key

from .models import StatedFigure

PUBLISHED = Path(settings.BASE_DIR) / "fixtures" / "reports" / "stated_figures.csv"
LEVELS = {"country": Level.COUNTRY, "province": Level.PROVINCE, "district": Level.DISTRICT, "ward": Level.WARD}


@dataclass
class Loaded:
    added: int = 0
    known: int = 0
    without_area: list[str] = field(default_factory=list)


@transaction.atomic
def load_published(path: Path = PUBLISHED) -> Loaded:
    """Load the published figures of `path`; run again it changes nothing.

    A row whose area is not on this installation's map (a village is a place's own data) is left out and named.
    Columns: level, code, village, on, since, measure, scope, eligible, reached, rate (per cent), value, qualifier,
    basis (stated, derived), source, document, note.
    """
    loaded = Loaded()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            on = dt.date.fromisoformat(row["on"])
            area = area_of(row, on)
            if area is None:
                loaded.without_area.append(row["village"] or f"{row['level']} {row['code']}")
                continue
            _, is_new = StatedFigure.objects.get_or_create(
                area=area,
                on=on,
                measure=row["measure"],
                scope=row["scope"],
                withdrawn_at=None,
                defaults={
                    "since": dt.date.fromisoformat(row["since"]) if row["since"] else None,
                    "eligible": int(row["eligible"]) if row["eligible"] else None,
                    "reached": int(row["reached"]) if row["reached"] else None,
                    "rate": Decimal(row["rate"]) if row["rate"] else None,
                    "value": int(row["value"]) if row["value"] else None,
                    "qualifier": row["qualifier"],
                    "basis": row["basis"],
                    "source": row["source"],
                    "document": row["document"],
                    "note": row["note"],
                    "entered_at": timezone.now(),
                },
            )
            loaded.added += is_new
            loaded.known += not is_new
    return loaded


def area_of(row: dict, on: dt.date) -> Area | None:
    """The area a row speaks of, by the map of its day; a village is found by name inside its ward."""
    area = Area.objects.by_code(row["code"], on, LEVELS[row["level"]]).first()
    if area is None or not row["village"]:
        return area
    return Area.objects.under(area, on).at(Level.VILLAGE).filter(search_key=search_key(row["village"])).first()
