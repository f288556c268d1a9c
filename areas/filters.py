"""The filters above the lists of areas, offices and reorganisations; they stand in the address of the page."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from sheets.fields import CleanCharFormField
from sheets.text import search_key

from .models import AreaLink, AreaVersion, Level, Office, Reorganisation

LEVELS = [("", "Mọi cấp"), *Level.choices]


class AreaFilter(forms.Form):
    q = CleanCharFormField(label="Tên", max_length=100, required=False)
    level = forms.TypedChoiceField(label="Cấp", choices=LEVELS, coerce=int, empty_value=None, required=False)
    on = forms.DateField(label="Tại ngày", required=False)
    within = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)

    def __init__(self, data, *, today: dt.date, day: dt.date):
        super().__init__(data)
        self.today, self.home_day = today, day

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on and on > self.today:
            raise forms.ValidationError("Ngày này chưa đến.")
        return on

    @property
    def day(self) -> dt.date:
        return (self.is_valid() and self.cleaned_data["on"]) or self.home_day

    def place(self, shown) -> AreaVersion | None:
        """The area within which is listed, if it is one of those `shown`."""
        asked = self.cleaned_data.get("within")
        return AreaVersion.objects.on(self.day).filter(area__in=shown.filter(pk=asked)).first() if asked else None

    def filter(self, versions):
        """The versions asked for, with `parent_name` and `below` (how many lie directly in it) as of the day."""
        if not self.is_valid():
            return versions.none()
        asked = self.cleaned_data
        if asked["q"]:
            key = search_key(asked["q"])
            versions = versions.filter(Q(search_key__contains=key) | Q(code=asked["q"]))
        if asked["level"] is not None:
            versions = versions.filter(area__level=asked["level"])
        if asked["within"]:
            inside = AreaLink.objects.on(self.day).filter(ancestor=asked["within"], depth__gt=0)
            versions = versions.filter(area__in=inside.values("descendant"))
        return with_neighbours(versions, self.day)


def with_neighbours(versions, day: dt.date):
    """Versions in order, each with the name of its parent and the number of its children on `day`."""
    parents = AreaVersion.objects.on(day).filter(area=OuterRef("parent")).order_by()
    children = AreaVersion.objects.on(day).filter(parent=OuterRef("area")).order_by()
    counted = children.values("parent").annotate(count=Count("pk")).values("count")
    return (
        versions.annotate(parent_name=Subquery(parents.values("name")[:1]), below=Coalesce(Subquery(counted), 0))
        .select_related("area")
        .order_by("area__level", "sort_key", "pk")
    )


class OfficeFilter(forms.Form):
    q = CleanCharFormField(label="Tên địa bàn", max_length=100, required=False)
    level = forms.TypedChoiceField(
        label="Cấp",
        choices=[choice for choice in LEVELS if choice[0] != Level.VILLAGE],
        coerce=int,
        empty_value=None,
        required=False,
    )
    missing = forms.BooleanField(label="Chưa có thông tin", required=False)

    def filter(self, areas):
        """Areas that may have an office, each with `known_offices`: those still in force, one at most."""
        if not self.is_valid():
            return areas.none()
        asked = self.cleaned_data
        areas = areas.exclude(level=Level.VILLAGE).search(asked["q"])
        if asked["level"] is not None:
            areas = areas.at(asked["level"])
        if asked["missing"]:
            areas = areas.exclude(pk__in=Office.objects.open().values("area"))
        return areas.prefetch_related(Prefetch("offices", Office.objects.open(), to_attr="known_offices")).in_order()


class ReorganisationFilter(forms.Form):
    q = CleanCharFormField(label="Nội dung, số văn bản", max_length=100, required=False)
    kind = forms.ChoiceField(
        label="Hình thức", choices=[("", "Mọi hình thức"), *Reorganisation.Kind.choices], required=False
    )
    state = forms.ChoiceField(
        label="Trạng thái", choices=[("", "Tất cả"), *Reorganisation.State.choices], required=False
    )

    def filter(self, events):
        if not self.is_valid():
            return events.none()
        asked = self.cleaned_data
        if asked["q"]:
            events = events.filter(Q(title__icontains=asked["q"]) | Q(decree_number__icontains=asked["q"]))
        for name in ("kind", "state"):
            if asked[name]:
                events = events.filter(**{name: asked[name]})
        return events.order_by("-effective_on", "-pk")
