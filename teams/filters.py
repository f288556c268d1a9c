"""The filter above the list of teams; it stands in the address of the page."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.rules import Can
from areas.models import Area, AreaLink, Level
from sheets.fields import CleanCharFormField
from sheets.text import search_key

from .models import Member, Team, TeamHome, TeamVillage
from .norms import short_of_people, with_sizes


class TeamFilter(forms.Form):
    class State:
        ACTIVE, DISSOLVED, ALL = "", "dissolved", "all"
        CHOICES = [(ACTIVE, "Đang hoạt động"), (DISSOLVED, "Đã giải thể"), (ALL, "Tất cả")]

    q = CleanCharFormField(label="Tên tổ, thành viên", max_length=100, required=False)
    area = forms.TypedChoiceField(label="Địa bàn", coerce=int, empty_value=None, required=False)
    kind = forms.ChoiceField(label="Loại tổ", choices=[("", "Mọi loại"), *Team.Kind.choices], required=False)
    state = forms.ChoiceField(label="Tình trạng", choices=State.CHOICES, required=False)
    on = forms.DateField(label="Tại ngày", required=False)
    short = forms.BooleanField(label="Thiếu người", required=False)
    leaderless = forms.BooleanField(label="Chưa có tổ trưởng", required=False)

    def __init__(self, data, *, user, today: dt.date):
        super().__init__(data)
        self.user, self.today = user, today
        self.fields["area"].choices = area_choices(user, data.get("area", ""))

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on and on > self.today:
            raise forms.ValidationError("Ngày này chưa đến.")
        return on

    def filter(self, teams):
        """The teams asked for, with their sizes, villages and leaders; nothing when the question is not understood."""
        if not self.is_valid():
            return teams.none()
        asked = self.cleaned_data
        day = asked["on"] or self.today
        if asked["state"] == self.State.ACTIVE:
            teams = teams.filter(pk__in=TeamHome.objects.on(day).values("team"))
        elif asked["state"] == self.State.DISSOLVED:
            teams = teams.filter(until__lte=day)
        if asked["area"]:
            teams = teams.filter(of_area(asked["area"], day))
        if asked["kind"]:
            teams = teams.filter(kind=asked["kind"])
        if asked["q"]:
            key = search_key(asked["q"])
            found = Member.objects.on(day).filter(search_key__contains=key)
            teams = teams.filter(Q(search_key__contains=key) | Q(pk__in=found.values("team")))
        teams = with_sizes(teams, day)
        if asked["short"]:
            teams = short_of_people(teams)
        if asked["leaderless"]:
            leaders = Member.objects.on(day).filter(team=OuterRef("pk"), role=Member.Role.LEADER)
            teams = teams.filter(~Exists(leaders))
        return with_people(teams, day)


def of_area(area_id: int, day: dt.date) -> Q:
    """At home in the area on `day`, or serving a village of it."""
    inside = AreaLink.objects.on(day).filter(ancestor=area_id).values("descendant")
    served = TeamVillage.objects.on(day).filter(village__in=inside)
    return Q(home_area__in=inside) | Q(pk__in=served.values("team"))


def with_people(teams, day: dt.date):
    """Teams with `served` (services with their village) and `leaders` as of `day`."""
    services = TeamVillage.objects.on(day).select_related("village").order_by("village__sort_key", "pk")
    leaders = Member.objects.on(day).filter(role=Member.Role.LEADER)
    return teams.select_related("home_area").prefetch_related(
        Prefetch("services", services, to_attr="served"), Prefetch("members", leaders, to_attr="leaders")
    )


def area_choices(user, selected: str) -> list:
    """Her own areas and what lies directly below them; with one selected, also the way to it and its children."""
    own = user.reach().area_ids(Can.SEE_TEAMS)
    links = AreaLink.objects.open()
    offered = Q(pk__in=links.filter(ancestor__in=own, depth__lte=1).values("descendant"))
    if selected.isascii() and selected.isdigit() and len(selected) < 12:
        way = links.filter(descendant=int(selected)).values("ancestor")
        offered |= Q(pk__in=way) | Q(pk__in=links.filter(ancestor=int(selected), depth=1).values("descendant"))
    areas = user.reach().areas(Can.SEE_TEAMS).filter(offered).in_order()
    groups: dict[str, list] = {}
    for pk, level, name in areas.values_list("pk", "level", "name"):
        groups.setdefault(Level(level).label, []).append((pk, name))
    return [("", "Mọi địa bàn"), *groups.items()]


def area_named(user, text: str) -> list[Area]:
    """Wards in her reach whose name holds `text`, for who has too many to list."""
    return list(user.reach().areas(Can.EDIT_TEAMS).open().at(Level.WARD).search(text).in_order()[:50])
