"""What a list would do to the register, the choices it asks for, and doing it, or taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import slips
from intake import receiving, work
from intake.forms import PlacesForm
from intake.kinds import kind_of
from intake.models import Upload, UploadRow
from intake.tables import table_of

from .gate import places_of, upload_of

ROWS_ON_A_PAGE = 50
State = UploadRow.State


@require_GET
def upload_detail(request, pk):
    upload = upload_of(request.user, pk)
    if upload.state == Upload.State.READ:
        return redirect("intake:upload_columns", upload.pk)
    if request.htmx and upload.is_at_work:
        return render(request, "intake/_progress.html", _state(upload))
    if request.htmx:
        response = render(request, "intake/_progress.html", _state(upload))
        response["HX-Refresh"] = "true"
        return response
    shown = request.GET.get("xem", "") or _first_to_see(upload)
    rows = upload.rows.filter(state=shown) if shown in State.values else upload.rows.all()
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {**_state(upload), "page": page, "shown": shown, "tabs": _tabs(upload), "kind": kind_of(upload)}
    if upload.state == Upload.State.CHECKED:
        context["places_form"] = _places_form(upload, request.user)
    return render(request, "intake/upload_detail.html", context)


def _state(upload: Upload) -> dict:
    counts = upload.counts
    return {
        "upload": upload,
        "is_kept": upload.sheets.exists(),
        "is_stuck": upload.is_stuck(timezone.now()),
        "good": counts.get(State.NEW, 0) + counts.get(State.CHANGED, 0),
        "bad": counts.get(State.WRONG, 0) + counts.get(State.DOUBT, 0),
        "doubts": counts.get(State.DOUBT, 0),
        "wrongs": counts.get(State.WRONG, 0),
        "written": counts.get("written"),
        "passed_over": counts.get("passed_over", []),
        "passed_over_count": counts.get("passed_over_count", 0),
    }


def _first_to_see(upload: Upload) -> str:
    """What needs somebody first."""
    return next((state for state in (State.WRONG, State.DOUBT) if upload.counts.get(state)), "")


def _tabs(upload: Upload) -> list[tuple[str, str, int]]:
    order = (State.WRONG, State.DOUBT, State.NEW, State.CHANGED, State.SAME, State.LEFT)
    tabs = [(state.value, str(state.label), upload.counts.get(state, 0)) for state in order]
    every = sum(count for *_, count in tabs)
    return [("tat-ca", "Tất cả", every), *(tab for tab in tabs if tab[2])]


def _unknown_places(upload: Upload, user) -> tuple[list[str], object]:
    places, kind = places_of(upload, user), kind_of(upload)
    if places is None:
        return [], None
    table = table_of(receiving.sheet_of(upload), upload, kind)
    return [name for name in kind.names_of_places(table) if places.find(name) is None][:40], places


def _places_form(upload: Upload, user, data=None) -> PlacesForm | None:
    if not upload.counts.get(State.WRONG):
        return None
    names, places = _unknown_places(upload, user)
    return PlacesForm(data, names=names, places=places) if names else None


@require_POST
def upload_places(request, pk):
    """Names of villages in the file were said to mean villages of the register."""
    upload = upload_of(request.user, pk)
    form = _places_form(upload, request.user, request.POST) if upload.state == Upload.State.CHECKED else None
    if form is not None and form.is_valid():
        upload.options["places"] = {**(upload.options.get("places") or {}), **form.taken()}
        head = receiving.head_of(upload)
        receiving.remember(upload, head.titles)
        work.begin(upload, Upload.State.CHECKING, by=request.user)
    return redirect("intake:upload_detail", upload.pk)


@require_POST
def upload_choose(request, pk):
    """Decisions on rows in doubt: "r12" → a value offered for row 12; "nhan" takes the first offer of all."""
    upload = upload_of(request.user, pk)
    if upload.state != Upload.State.CHECKED:
        return redirect("intake:upload_detail", upload.pk)
    choices = dict(upload.options.get("choices", {}))
    if request.POST.get("nhan"):
        for number, offers in upload.rows.filter(state=State.DOUBT).values_list("number", "offers"):
            choices[str(number)] = offers[0][0]
    for name, value in request.POST.items():
        if name[:1] == "r" and name[1:].isdecimal() and value:
            choices[name[1:]] = value[:80]
    upload.options["choices"] = choices
    work.begin(upload, Upload.State.CHECKING, by=request.user)
    return redirect("intake:upload_detail", upload.pk)


@require_POST
def upload_save(request, pk):
    upload = upload_of(request.user, pk)
    if upload.state == Upload.State.CHECKED:
        only_good = request.POST.get("only") == "good"
        kind = work.begin(upload, Upload.State.SAVING, by=request.user, only_good=only_good)
        if kind is not None and kind.seeds:
            slips.keep(request, kind.seeds)
            return redirect("accounts:user_slip")
        if upload.state == Upload.State.SAVED:
            messages.success(request, "Đã lưu.")
    return redirect("intake:upload_detail", upload.pk)


@require_POST
def upload_undo(request, pk):
    upload = upload_of(request.user, pk)
    if upload.state == Upload.State.SAVED:
        work.begin(upload, Upload.State.UNDOING, by=request.user)
        if upload.state == Upload.State.UNDONE:
            messages.success(request, "Đã hoàn tác cả lần nhập này.")
    else:
        work.cancel(upload, by=request.user)
    return redirect("intake:upload_detail", upload.pk)


@require_POST
def upload_again(request, pk):
    """The process that worked on it was killed: back to where it can be asked for again."""
    upload = upload_of(request.user, pk)
    if upload.is_stuck(timezone.now()):
        work.begin_again(upload, by=request.user)
    return redirect("intake:upload_detail", upload.pk)
