from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.rules import Can
from areas.holidays import WorkingCalendar
from residents import actions
from residents.actions.visits import standing_answers, village_of, wordings
from residents.card import LABELS, card_of
from residents.forms.careful import tell
from residents.forms.visits import VisitElsewhereForm, VisitForm
from residents.models import ResultKind, Topic, Visit
from residents.office_hours import is_outside, minutes_outside
from residents.rules import can_correct
from teams.models import Member, Team

from .gate import household_of, need, note_view, villages_of, visit_of


@require_http_methods(["GET", "POST"])
def visit_add(request, pk):
    household = household_of(request.user, pk, Can.RECORD_VISITS)
    now = timezone.now()
    note_view(request, household)
    form = VisitForm(
        request.POST or None,
        now=now,
        household=household,
        card=card_of(household, timezone.localdate(now)),
        **_choices(request.user, [household.village_id]),
    )
    if request.method == "POST" and form.is_valid():
        answers = form.answers()
        try:
            _record(request.user, form, now, answers)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Đã lưu lượt đến hộ" + (f" và {len(answers)} ghi nhận." if answers else "."))
            return redirect("residents:household_detail", pk)
    return render(request, "residents/visit_form.html", {"form": form, "household": household})


@require_http_methods(["GET", "POST"])
def visit_add_elsewhere(request):
    need(request.user, Can.RECORD_VISITS)
    now = timezone.now()
    villages = list(villages_of(request.user, Can.RECORD_VISITS))
    form = VisitElsewhereForm(
        request.POST or None,
        now=now,
        villages=villages,
        **_choices(request.user, [village.pk for village in villages]),
    )
    if request.method == "POST" and form.is_valid():
        try:
            visit = _record(request.user, form, now)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Đã lưu lượt hỗ trợ.")
            return redirect("residents:visit_detail", visit.pk)
    return render(request, "residents/visit_form.html", {"form": form, "household": None})


@require_GET
def visit_detail(request, pk):
    visit = visit_of(request.user, pk)
    if visit.household:
        note_view(request, visit.household)
    earlier = wordings(visit)[1:]
    calendar = WorkingCalendar.load()
    return render(
        request,
        "residents/visit_detail.html",
        {
            "visit": visit,
            "village": village_of(visit.household, visit.village, visit.at),
            "results": visit.results.select_related("kind").order_by("kind__order"),
            "topics": visit.topics.all(),
            "members": visit.members.all(),
            "answers": _answers(visit),
            "later": getattr(visit, "replaced_by", None),
            "earlier": earlier,
            "is_outside": is_outside(visit.at, calendar),
            "minutes_outside": minutes_outside(visit.at, visit.minutes or 0, calendar),
            "may_correct": visit.withdrawn_at is None and can_correct(request.user, visit),
        },
    )


@require_http_methods(["GET", "POST"])
def visit_edit(request, pk):
    visit = _correctable(request.user, pk)
    now = timezone.now()
    form = _form_of(request, visit, now)
    if request.method == "POST" and form.is_valid():
        try:
            later = actions.replace_visit(by=request.user, visit=visit, facts=form.facts(), now=now)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Đã sửa. Bản trước vẫn được giữ.")
            return redirect("residents:visit_detail", later.pk)
    return render(request, "residents/visit_form.html", {"form": form, "household": visit.household, "visit": visit})


@require_http_methods(["GET", "POST"])
def visit_withdraw(request, pk):
    visit = _correctable(request.user, pk)
    answers = _answers(visit)
    if request.method == "POST":
        try:
            actions.withdraw_visit(
                by=request.user, visit=visit, now=timezone.now(), with_answers="with_answers" in request.POST
            )
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, "Đã rút lại lượt này.")
        return redirect("residents:visit_detail", pk)
    return render(request, "residents/visit_withdraw.html", {"visit": visit, "answers": answers})


def _record(user, form: VisitForm, now, answers=()) -> Visit:
    """A form sent twice makes one visit."""
    key = form.cleaned_data["key"]
    made = Visit.objects.visible_to(user).filter(pk=key)
    try:
        return made.first() or actions.record_visit(by=user, facts=form.facts(), now=now, answers=answers, id=key)
    except IntegrityError:  # the other tap came between the look and the writing
        return get_object_or_404(made)


def _correctable(user, pk) -> Visit:
    visit = visit_of(user, pk, Can.RECORD_VISITS)
    if not can_correct(user, visit):
        raise PermissionDenied
    return visit


def _form_of(request, visit: Visit, now):
    """The form that a visit is corrected with: without the household's answers, which have a page of their own."""
    initial = VisitForm.initial_of(visit)
    data = request.POST or None
    if visit.household:
        choices = _choices(request.user, [visit.household.village_id], visit)
        return VisitForm(data, now=now, household=visit.household, initial=initial, **choices)
    villages = list(villages_of(request.user, Can.RECORD_VISITS))
    choices = _choices(request.user, [village.pk for village in villages], visit)
    return VisitElsewhereForm(data, now=now, villages=villages, initial=initial, **choices)


def _choices(user, village_ids: list[int], visit: Visit | None = None) -> dict:
    """Teams that serve these villages, their members, topics and kinds of result; with those of `visit` too."""
    serving = Q(services__village__in=village_ids, services__until=None) | Q(home_area__in=village_ids)
    teams = Team.objects.visible_to(user).open().filter(serving)
    members = Member.objects.filter(until=None)
    if visit is not None:
        teams = teams | Team.objects.filter(pk=visit.team_id)
        members = members | Member.objects.filter(pk__in=visit.members.values("pk"))
    teams = list(teams.distinct())
    members = list(members.filter(team__in=[team.pk for team in teams]).distinct())
    own = [member for member in members if member.user_id == user.pk]
    choices = {
        "teams": teams,
        "members": members,
        "topics": list(Topic.objects.filter(is_offered=True)),
        "kinds": list(ResultKind.objects.filter(is_offered=True)),
    }
    if visit is None:
        team = own[0].team_id if own else (teams[0].pk if len(teams) == 1 else None)
        choices["initial"] = {"team": team, "members": [member.pk for member in own], "people_helped": 1}
    return choices


def _answers(visit: Visit) -> list[dict]:
    seen = standing_answers(visit).select_related("indicator", "resident").order_by("indicator__order", "resident")
    return [
        {"indicator": row.indicator, "who": row.resident or "Cả hộ", "state": row.answer, "label": LABELS[row.answer]}
        for row in seen
    ]
