"""Reading a plan that a test writes as lines, and carrying it out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from residents.reorganising import carry_out, plan_from_file

DAY = dt.date(2026, 10, 1)
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def plan_text():
    """`plan_text("20293", "Thôn A,Thôn B,,", day=…)` → the text of a CSV file.

    Columns: từ, đến, phạm vi, phần chính, hộ, đường, mã mới, thuộc mới.
    """

    def text(within, *rows, day=DAY, number="45/NQ-HĐND"):
        return "\n".join(
            [
                f"nội dung,Sắp xếp {len(rows)} dòng",
                f"số văn bản,{number}",
                f"ngày hiệu lực,{day:%d/%m/%Y}",
                f"trong địa bàn,{within}",
                "",
                "từ,đến,phạm vi,phần chính,hộ,đường,mã mới,thuộc mới",
                *rows,
            ]
        )

    return text


@pytest.fixture
def reorganise(plan_text):
    """`reorganise("20293", *rows)` reads such a file and carries it out."""

    def run(within, *rows, day=DAY, number="45/NQ-HĐND", today=TODAY):
        plan = plan_from_file(plan_text(within, *rows, day=day, number=number))
        return carry_out(plan, by=None, at=timezone.now(), today=today)

    return run
