"""When a visit was, in the visitor's own words; typing at night does not make it a night visit."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils import timezone


class When(models.TextChoices):
    NOW = "now", "Vừa xong"
    MORNING = "morning", "Sáng nay"
    AFTERNOON = "afternoon", "Chiều nay"
    LAST_EVENING = "last_evening", "Tối qua"
    YESTERDAY = "yesterday", "Hôm qua"
    OTHER = "other", "Chọn ngày, giờ"


# The hour that stands for each wording, and how many days back.
HOURS = {
    When.MORNING: (0, dt.time(9, 0)),
    When.AFTERNOON: (0, dt.time(15, 0)),
    When.LAST_EVENING: (1, dt.time(19, 30)),
    When.YESTERDAY: (1, dt.time(15, 0)),
}


def instant_of(when: str, now: dt.datetime, on: dt.date | None = None, at: dt.time | None = None) -> dt.datetime:
    """The instant meant by `when` at `now`, in whole seconds; OTHER takes the day and hour as given."""
    if when == When.NOW:
        return now.replace(microsecond=0)
    if when == When.OTHER:
        day, hour = on, at
    else:
        days_back, hour = HOURS[When(when)]
        day = timezone.localdate(now) - dt.timedelta(days=days_back)
    return timezone.make_aware(dt.datetime.combine(day, hour))


def offered(now: dt.datetime) -> list[tuple[str, str]]:
    """The wordings that make sense at `now`: this afternoon is not offered in the morning."""
    return [
        (value, label)
        for value, label in When.choices
        if value in (When.NOW, When.OTHER) or instant_of(value, now) < now
    ]
