"""The example in the document is read and carried out as it stands there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from areas.actions import open_area
from areas.models import Area, Level
from areas.pasting import add_villages
from residents.models import Street
from residents.reorganising import carry_out, plan_from_file

DAY = dt.date(2026, 10, 1)


def test_the_example_of_twelve_villages_that_become_eight(place, new_household):
    document = (Path(settings.BASE_DIR) / "docs" / "reorganisation.md").read_text(encoding="utf-8")
    example = document.partition("```csv\n")[2].partition("```")[0]
    ward = open_area(
        by=None,
        level=Level.WARD,
        kind="Phường",
        name="Phường Hải Vân",
        code="20194",
        parent=place.da_nang,
        since=dt.date(2025, 7, 1),
    )
    names = "\n".join(f"Thôn {number}" for number in range(1, 13))
    villages = add_villages(by=None, ward=ward, lines=names, since=dt.date(2025, 7, 1))
    for name in ("Ngõ 5", "Đường bờ kè"):
        Street.objects.create(village=villages[10], name=name)
    for code in ("HV-0211", "HV-0212"):
        new_household(villages[10], code=code, since=dt.date(2025, 7, 1))
    carry_out(plan_from_file(example), by=None, at=timezone.now(), today=dt.date(2026, 11, 21))
    assert Area.objects.under(ward, DAY, depth=1).count() == 8
    assert Area.objects.under(ward, DAY - dt.timedelta(days=1), depth=1).count() == 12
