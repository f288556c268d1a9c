"""Villages on paper: the sheet to tick by hand and the grid to enter it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.rules import Can
from journal.actions import record
from journal.models import Act
from residents import grid as sheet
from residents.card import cards, versions_on
from residents.forms.paper import PaperForm
from sheets.dates import date_text, parse_date

from .gate import need, village_of, villages_of


@require_GET
def paper(request):
    user, today = request.user, timezone.localdate()
    need(user, Can.SEE_PEOPLE)
    form = PaperForm(request.GET or None, villages=list(villages_of(user)), versions=versions_on(today), today=today)
    if request.GET and form.is_valid() and form.cleaned_data["village"]:
        to = "residents:grid" if "enter" in request.GET else "residents:paper_list"
        target = redirect(to, form.cleaned_data["village"].pk)
        target["Location"] += "?" + _query(form)
        return target
    if request.GET and form.is_valid():
        form.add_error("village", "Chọn thôn, tổ dân phố.")
    return render(request, "residents/paper.html", {"form": form, "may_print": user.may(Can.EXPORT_PEOPLE)})


@require_GET
def paper_list(request, village_pk):
    village = village_of(request.user, village_pk, Can.EXPORT_PEOPLE)
    today = timezone.localdate()
    form = _sheet_form(request, village, today)
    if form is None:
        return redirect("residents:paper")
    versions = form.chosen()
    households = sheet.households_on(village, today).select_related("street")
    made = cards(households, today, versions=versions)
    record(
        by=request.user,
        verb=Act.Verb.PRINT,
        obj=village,
        area_id=village.pk,
        label=f"Phiếu ghi {village}",
        households=len(made),
        address=request.META.get("REMOTE_ADDR"),
    )
    sheets = [sheet.lines(card, {}, {}) for card in made]
    return render(
        request,
        "residents/paper_list.html",
        {"village": village, "versions": versions, "sheets": sheets, "today": today, "query": _query(form)},
    )


@require_http_methods(["GET", "POST"])
def grid(request, village_pk):
    village = village_of(request.user, village_pk, Can.RECORD_VISITS)
    now = timezone.now()
    form = _sheet_form(request, village, timezone.localdate(now))
    if form is None:
        return redirect("residents:paper")
    versions, day = form.chosen(), form.cleaned_data["on"]
    saved = None
    if request.method == "POST":
        is_script = request.headers.get("Accept") == "application/json"
        saved = sheet.save(
            by=request.user,
            village=village,
            typed=request.POST.items(),
            day=day,
            now=now,
            versions=versions,
            all_or_nothing=not is_script,
        )
        if is_script:
            return JsonResponse({"saved": saved.saved, "failed": saved.failed})
        if not saved.failed:
            messages.success(request, f"Đã lưu {saved.changed} ô." if saved.changed else "Không có ô nào thay đổi.")
            return redirect(request.get_full_path())
    return render(request, "residents/grid.html", _grid(request, village, versions, day, now, saved, _query(form)))


def _grid(request, village, versions, day, now, saved, query) -> dict:
    parted = sheet.pages(sheet.households_on(village, day).select_related("street"), versions)
    page = Paginator(parted, 1).get_page(request.GET.get("page"))
    households = page.object_list[0] if page.object_list else []
    made = cards(households, day, versions=versions, at=sheet.instant_of(day, now))
    typed = dict(request.POST.items()) if saved else {}
    return {
        "village": village,
        "versions": versions,
        "day": day,
        "page": page,
        "query": query,
        "lines": [line for card in made for line in sheet.lines(card, typed, saved.failed if saved else {})],
        "failed": len(saved.failed) if saved else 0,
        "households": sum(len(part) for part in parted),
    }


def _sheet_form(request, village, today) -> PaperForm | None:
    """The choice in the address, with the definitions of the sheet's own day; None when it makes no sense."""
    try:
        day = parse_date(request.GET.get("on", "")) or today
    except ValidationError:
        return None
    data = request.GET.copy()
    data["village"] = str(village.pk)
    form = PaperForm(data, villages=[village], versions=versions_on(day), today=today)
    return form if form.is_valid() else None


def _query(form: PaperForm) -> str:
    query = QueryDict(mutable=True)
    query["on"] = date_text(form.cleaned_data["on"])
    query.setlist("i", [version.indicator.code for version in form.chosen()])
    return query.urlencode()
