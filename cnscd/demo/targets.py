"""Targets of the year: the city's for all, one ward's own above it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from areas.models import Area, Level
from reports.models import Target
from residents.models import Indicator

# level and code of the area → what it gave, in per cent
GIVEN = {
    (Level.PROVINCE, "48"): {"vneid2": 90, "epay": 80, "dvc": 60, "netsafe": 70},
    (Level.WARD, "20194"): {"vneid2": 95, "qr": 85},
}


def give_targets(today: dt.date, by) -> None:
    """Due at the end of the year, given at its beginning."""
    for (level, code), rates in GIVEN.items():
        area = Area.objects.by_code(code, today, level).get()
        for indicator, rate in rates.items():
            Target.objects.create(
                area=area,
                indicator=Indicator.objects.get(code=indicator),
                since=dt.date(today.year, 1, 1),
                due_on=dt.date(today.year, 12, 31),
                rate=rate,
                source=f"UBND {area.name}",
                document="Kế hoạch chuyển đổi số trong năm (số liệu trình diễn)",
                set_by=by,
                set_at=timezone.now(),
            )
