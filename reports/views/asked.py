"""What a page of figures is asked for: an area and a period, as this user may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import Can
from areas.models import Area, AreaLink, AreaVersion, Level, map_note
from reports import periods
from reports.forms import ReportForm
from reports.models import Period
from reports.period_choices import Known, code_of, name_of, neighbour

SECONDS_TO_WAIT = 5


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the country down to the area, as it was called on the day."""

    area_id: int
    level: int
    name: str
    url: str = ""


@dataclass
class Asked:
    request: HttpRequest
    area: Area
    day: dt.date
    known: Known
    form: ReportForm | None = None
    period: Period | None = None
    versions: list[AreaVersion] = field(default_factory=list)
    crumbs: list[Crumb] = field(default_factory=list)
    # The day of the map, where that is not the day of the figures (by today's map).
    map_day: dt.date | None = None
    # Is the area hers or below hers? Else (a total above her own area) only her own children are shown.
    is_hers: bool = True
    # Set by the view: figures are being counted again.
    is_recounting: bool = False
    # … and one of the periods had never been counted: there is nothing to show yet.
    is_first_count: bool = False
    child_words: dict = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        return self.known.today

    @property
    def name(self) -> str:
        return self.crumbs[-1].name if self.crumbs else self.area.name

    @property
    def is_village(self) -> bool:
        return self.area.level == Level.VILLAGE

    @property
    def wants_workbook(self) -> bool:
        return self.request.GET.get("export") == "xlsx"

    @property
    def on_todays_map(self) -> bool:
        return self.area.last_day(self.today) == self.today

    @property
    def map_note(self) -> str:
        return map_note(self.map_day or self.day)

    @property
    def span(self) -> str:
        """ "Tháng 11/2026 (15/10–14/11/2026)"; an open period also says up to which day."""
        if self.period.start_on == self.period.end_on:
            return self.period.label
        text = f"{self.period.label} ({self.period.span})"
        return f"{text}, số liệu đến {self.day:%d/%m/%Y}" if self.day < self.period.end_on else text

    @cached_property
    def previous(self) -> Period:
        """The period before, of the same kind."""
        code = neighbour(code_of(self.period), -1)
        return self.known.named(code) if code else periods.previous(self.period)

    @property
    def viewer(self):
        """Whose reach narrows the areas below: nobody's where the area is hers, for then all below it are."""
        return None if self.is_hers else self.request.user

    def may(self, can: Can) -> bool:
        """May she do this here, by the way down on the day? For showing links: what they open asks the gate itself."""
        return not {crumb.area_id for crumb in self.crumbs}.isdisjoint(self.request.user.reach().area_ids(can))

    def url(self, **changes) -> str:
        """This page asked otherwise; what is None or empty falls away."""
        query = QueryDict(mutable=True)
        changes = {name: value for name, value in changes.items() if self.form is None or name in self.form.fields}
        for name in self.form.fields if self.form else ():
            if name != "on" and name in self.form.data:
                query.setlist(name, [value for value in self.form.data.getlist(name) if value])
        query["area"] = str(self.area.pk)
        if self.has_period:
            query["period"] = code_of(self.period)
        for name, value in changes.items():
            if value in (None, ""):
                query.pop(name, None)
            elif isinstance(value, list):
                query.setlist(name, value)
            else:
                query[name] = str(value)
        return f"?{query.urlencode()}"

    @property
    def has_period(self) -> bool:
        """Is one period what the page is asked for (growth is asked for two moments)?"""
        return self.period is not None and self.form is not None and "period" in self.form.fields

    @property
    def steps(self) -> list[dict]:
        """Links to the period before and after, in the order in which they are shown."""
        if not self.has_period:
            return []
        code = code_of(self.period)
        found = []
        if self.map_day or self.area.since < self.period.start_on:
            found.append(("before", neighbour(code, -1)))
        if self.period.end_on < self.area.last_day(self.today):
            found.append(("after", neighbour(code, 1)))
        return [{"kind": kind, "label": name_of(code), "url": self.url(period=code)} for kind, code in found if code]

    @property
    def own_areas(self) -> list[dict]:
        """Her other areas, when she is posted to several: one link each."""
        postings = {p.area_id: p.area.name for p in self.request.user.reach().postings}
        if len(postings) < 2:
            return []
        return [{"name": name, "url": self.url(area=pk), "here": pk == self.area.pk} for pk, name in postings.items()]

    def once_more(self, response: HttpResponse) -> HttpResponse:
        """While a period is counted for the first time the page comes again by itself."""
        if self.is_first_count and not self.wants_workbook:
            response["Refresh"] = str(SECONDS_TO_WAIT)
        return response

    def context(self, **more) -> dict:
        return {"asked": self, "filter_form": self.form, "map_note": self.map_note, **more}


def asks(form_class: type[ReportForm], *, heading: str) -> Callable:
    """A page about an area and a period: the view gets them as `Asked`.

    Not hers on that day: 404. A role without figures: 403. A period that cannot be read: the form again, with the
    reason. An area that had ended, or did not exist yet: its last or first period, with a notice.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @require_safe
        @wraps(view)
        def inner(request: HttpRequest) -> HttpResponse:
            if not request.user.may(Can.SEE_FIGURES):
                raise PermissionDenied
            known = Known.read(timezone.localdate())
            area, versions = area_named(request)
            form = form_class(request.GET, area=area, known=known)
            asked = Asked(request, area, area.last_day(known.today), known, form, versions=versions)
            if not form.is_valid():
                place(asked)
                form.offer()
                return render(request, "reports/not_understood.html", asked.context(heading=heading))
            asked.period = form.asked_period
            if form.is_by_todays_map and asked.on_todays_map:
                asked.map_day = known.today
            elif elsewhere := within_its_life(asked):
                return elsewhere
            asked.day = area.last_day(min(known.today, asked.period.end_on))
            place(asked)
            form.offer()
            return asked.once_more(view(request, asked))

        return inner

    return decorate


def area_named(request: HttpRequest) -> tuple[Area, list[AreaVersion]]:
    """The area in the address, else the one where she works; with all it and the areas above it were ever called."""
    text = request.GET.get("area", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Http404
    own = request.user.reach().area_ids(Can.SEE_FIGURES)
    if not text and not own:
        raise Http404
    pk = int(text) if text else own[0]
    links = AreaLink.objects.filter(descendant=pk)
    versions = list(AreaVersion.objects.filter(area__in=links.values("ancestor")).select_related("area"))
    area = next((version.area for version in versions if version.area_id == pk), None)
    if area is None:
        raise Http404
    return area, versions


def place(asked: Asked) -> None:
    """Where the area lay on the day, and whether she may see it: `crumbs` and `is_hers`. Raises 404.

    What lies in her own areas is seen without a further look; anything else is asked of the gate.
    """
    reach = asked.request.user.reach()
    way = _way_down_to(asked)
    chain = {version.area_id for version in way}
    asked.is_hers = not chain.isdisjoint(reach.area_ids(Can.SEE_FIGURES))
    seen = chain
    if not asked.is_hers:
        seen = set(reach.visible_areas(asked.map_day or asked.day).filter(pk__in=chain).values_list("pk", flat=True))
    if asked.area.pk not in seen:
        raise Http404
    asked.crumbs = [
        Crumb(
            version.area_id,
            version.area.level,
            version.name,
            asked.url(area=version.area_id) if version.area_id in seen else "",
        )
        for version in way
    ]


def _way_down_to(asked: Asked) -> list[AreaVersion]:
    """The versions of the day from the country down to the area, each lying in the one before."""
    day = asked.map_day or asked.day
    there = {
        version.area_id: version
        for version in asked.versions
        if version.since <= day and (version.until is None or version.until > day)
    }
    way, pk = [], asked.area.pk
    while pk in there:
        way.append(there.pop(pk))
        pk = way[-1].parent_id
    return way[::-1]


def within_its_life(asked: Asked) -> HttpResponse | None:
    """A redirect with a notice where the area had ended before the period, or began after it."""
    area, period = asked.area, asked.period
    if area.since <= period.end_on and (area.until is None or area.until > period.start_on):
        return _by_the_map_of_then(asked) if asked.form.is_by_todays_map else None
    ended = area.until is not None and area.until <= period.start_on
    asked.day = area.last_day(asked.today) if ended else min(max(area.since, period.end_on), asked.today)
    place(asked)  # not hers: 404, before anything is said of it
    if ended:
        text = f"{area} kết thúc hoạt động từ {area.until:%d/%m/%Y}. Đang xem kỳ cuối cùng của đơn vị này."
    else:
        text = f"{area} có từ {area.since:%d/%m/%Y}. Đang xem kỳ đầu tiên của đơn vị này."
    messages.info(asked.request, text)
    nearest = asked.url(period=code_of(asked.known.month_of(asked.day)))
    return redirect(f"{asked.request.path}{nearest}")


def _by_the_map_of_then(asked: Asked) -> HttpResponse:
    """An area that has ended is on no map of today: its page by the map of the day, with a notice."""
    asked.day = asked.area.last_day(min(asked.today, asked.period.end_on))
    place(asked)
    text = f"{asked.name} không còn trên bản đồ hôm nay; đang xem theo bản đồ ngày đó."
    above = [crumb.name for crumb in asked.crumbs[1:-1]][:1]
    if above:
        text += f" Muốn xem theo các đơn vị hôm nay, mở {above[0]} và chọn “Bản đồ hôm nay”."
    messages.info(asked.request, text)
    return redirect(f"{asked.request.path}{asked.url(map=None)}")
