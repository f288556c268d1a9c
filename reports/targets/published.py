"""Targets that somebody published, carried as data: those of Cao Xanh for 2022."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from reports.models import Target
from reports.stated import Loaded, area_of
from residents.models import Indicator

PUBLISHED = Path(settings.BASE_DIR) / "fixtures" / "reports" / "targets.csv"


@transaction.atomic
def load_published_targets(path: Path = PUBLISHED) -> Loaded:
    """Load the published targets of `path`; run again it changes nothing.

    A row whose area or indicator is not on this installation is left out and named. Columns: level, code, village,
    indicator, since, due_on, rate (per cent), source, document, note.
    """
    loaded = Loaded()
    indicators = dict(Indicator.objects.values_list("code", "pk"))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            since = dt.date.fromisoformat(row["since"])
            area = area_of(row, since)
            if area is None or row["indicator"] not in indicators:
                loaded.without_area.append(row["village"] or f"{row['level']} {row['code']}")
                continue
            _, is_new = Target.objects.get_or_create(
                area=area,
                indicator_id=indicators[row["indicator"]],
                due_on=dt.date.fromisoformat(row["due_on"]),
                withdrawn_at=None,
                defaults={
                    "since": since,
                    "rate": Decimal(row["rate"]),
                    "source": row["source"],
                    "document": row["document"],
                    "note": row["note"],
                    "set_at": timezone.now(),
                },
            )
            loaded.added += is_new
            loaded.known += not is_new
    return loaded
