"""Filters of the lists: GET forms that own `.filter(queryset, …)`."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from areas.models import Area
from residents.models import Household, IndicatorVersion, Observation, Resident, Street, Visit
from residents.models.indicators import Subject
from residents.rules import ADULT
from sheets.fields import CleanCharFormField
from teams.models import Team


class State(models.TextChoices):
    """Which households a list shows."""

    PRESENT = "", "Đang ở"
    INCOMPLETE = "incomplete", "Chưa đủ: còn mục chưa hỏi hoặc chưa có"
    UNASKED = "unasked", "Còn mục chưa hỏi"
    UNVISITED = "unvisited", "Chưa đến lần nào"
    COME_BACK = "come_back", "Hẹn lại"
    LEFT = "left", "Đã rời đi"


class HouseholdFilter(forms.Form):
    q = CleanCharFormField(
        label="Tìm",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Tên, mã hộ; không cần dấu"}),
    )
    village = forms.ChoiceField(label="Thôn, tổ dân phố")
    street = forms.ChoiceField(label="Đường, ngõ")
    state = forms.ChoiceField(label="Tình trạng", choices=State.choices, required=False)
    indicator = forms.ChoiceField(label="Tiêu chí", required=False)

    def __init__(self, *args, villages: list[Area], streets: list[Street], versions: list[IndicatorVersion], **kwargs):
        super().__init__(*args, **kwargs)
        self.versions = [version for version in versions if version.indicator.is_reported]
        _choose_from(self, "village", villages)
        _choose_from(self, "street", streets)
        self.fields["indicator"].choices = [
            ("", "Mọi tiêu chí"),
            *((each.indicator.code, each.indicator.short_name) for each in self.versions),
        ]
        if len(villages) == 1:
            del self.fields["village"]
        if not streets:
            del self.fields["street"]

    def filter(self, households: QuerySet[Household], day: dt.date) -> QuerySet[Household]:
        """What is wrong in the address narrows nothing: the page says so at the field."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("q"):
            households = households.search(wanted["q"])
        if wanted.get("village"):
            households = households.filter(village=wanted["village"])
        if wanted.get("street"):
            households = households.filter(street=wanted["street"])
        return self._in_state(households, wanted.get("state", ""), wanted.get("indicator", ""), day)

    def _in_state(self, households, state: str, code: str, day: dt.date):
        if state == State.LEFT:
            return households.exclude(until=None)
        households = households.present()
        if state == State.UNVISITED:
            return households.filter(~Exists(Visit.objects.counted().filter(household=OuterRef("pk"))))
        if state == State.COME_BACK:
            return households.filter(last_outcome=Visit.Outcome.COME_BACK)
        if state in (State.INCOMPLETE, State.UNASKED) or code:
            versions = [version for version in self.versions if code in ("", version.indicator.code)]
            return households.filter(lacking(versions, day, unasked_only=state == State.UNASKED))
        return households


def lacking(versions: list[IndicatorVersion], day: dt.date, *, unasked_only: bool) -> Q:
    """Households with somebody eligible who was not asked, or (unless `unasked_only`) who has not got it yet.

    An indicator that requires another counts where the requirement is answered yes.
    """
    condition = Q(pk__in=[])
    for version in versions:
        settled = Observation.objects.current().filter(indicator=version.indicator_id)
        if not unasked_only:
            settled = settled.exclude(answer=Observation.Answer.NO)
        fulfilled = Observation.objects.current().filter(indicator__in=version.required, answer=Observation.Answer.YES)
        if version.subject == Subject.HOUSEHOLD:
            of_household = ~Q(Exists(settled.filter(subject=OuterRef("pk"))))
            if version.required:
                of_household &= Q(Exists(fulfilled.filter(subject=OuterRef("pk"))))
            condition |= of_household
        else:
            people = Resident.objects.present().filter(household=OuterRef("pk")).filter(old_enough(version, day))
            people = people.filter(~Exists(settled.filter(subject=OuterRef("pk"))))
            if version.required:
                people = people.filter(Exists(fulfilled.filter(subject=OuterRef("pk"))))
            condition |= Q(Exists(people))
    return condition


def old_enough(version: IndicatorVersion, day: dt.date) -> Q:
    """People of the age that `version` asks for, as `rules.applies` has it: an unknown age counts as adult."""
    fits = Q()
    if version.min_age:
        latest = _years_before(day, version.min_age)
        known = Q(birth_date__lte=latest) | Q(birth_date=None, birth_year__lte=latest.year)
        known |= _bands(lambda youngest: youngest >= version.min_age)
        fits &= (known | _UNKNOWN_AGE) if version.min_age <= ADULT else known
    if version.max_age is not None:
        earliest = _years_before(day, version.max_age + 1)
        known = Q(birth_date__gt=earliest) | Q(birth_date=None, birth_year__gt=earliest.year)
        known |= _bands(lambda youngest: youngest <= version.max_age)
        fits &= (known | _UNKNOWN_AGE) if version.max_age >= ADULT else known
    return fits


_UNKNOWN_AGE = Q(birth_date=None, birth_year=None, age_band="")


def _bands(fits) -> Q:
    bands = [band for band in Resident.AgeBand.values if fits(int(band.rstrip("+").split("-")[0]))]
    return Q(birth_date=None, birth_year=None, age_band__in=bands)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


class VisitFilter(forms.Form):
    q = CleanCharFormField(
        label="Tìm",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Chủ hộ, địa điểm, người ghi"}),
    )
    since = forms.DateField(label="Từ ngày", required=False)
    until = forms.DateField(label="Đến hết ngày", required=False)
    outcome = forms.ChoiceField(label="Kết quả", choices=[("", "Tất cả"), *Visit.Outcome.choices], required=False)
    village = forms.ChoiceField(label="Thôn, tổ dân phố")
    team = forms.ChoiceField(label="Tổ")
    mine = forms.BooleanField(label="Chỉ lượt tôi ghi", required=False)

    def __init__(self, *args, villages: list[Area], teams: list[Team], **kwargs):
        super().__init__(*args, **kwargs)
        _choose_from(self, "village", villages)
        _choose_from(self, "team", teams)
        if len(villages) == 1:
            del self.fields["village"]
        if len(teams) < 2:
            del self.fields["team"]

    def clean(self):
        data = super().clean()
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "Phải từ ngày bắt đầu trở đi.")
        return data

    def filter(self, visits: QuerySet[Visit], user) -> QuerySet[Visit]:
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("q"):
            visits = visits.search(wanted["q"])
        if wanted.get("since"):
            visits = visits.filter(at__gte=midnight(wanted["since"]))
        if wanted.get("until"):
            visits = visits.filter(at__lt=midnight(wanted["until"] + dt.timedelta(days=1)))
        if wanted.get("outcome"):
            visits = visits.filter(outcome=wanted["outcome"])
        if village := wanted.get("village"):
            visits = visits.filter(Q(household__village=village) | Q(village=village))
        if wanted.get("team"):
            visits = visits.filter(team=wanted["team"])
        return visits.filter(recorded_by=user) if wanted.get("mine") else visits


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _choose_from(form: forms.Form, name: str, rows: list) -> None:
    """Offer rows that are read already; a choice is looked for among them, without another query."""
    form.fields[name] = OneOf(rows, label=form.fields[name].label, empty_label="Tất cả")


class OneOf(forms.TypedChoiceField):
    """A choice among rows that are in memory."""

    def __init__(self, rows: list, *, label: str, empty_label: str):
        by_pk = {str(row.pk): row for row in rows}
        super().__init__(
            label=label,
            required=False,
            choices=[("", empty_label), *((pk, str(row)) for pk, row in by_pk.items())],
            coerce=by_pk.get,
            empty_value=None,
            error_messages={"invalid_choice": "Không có trong danh sách của bạn."},
        )
