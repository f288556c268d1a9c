from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.rules import Can
from journal.actions import record
from journal.models import Act
from residents.card import Card, cards, versions_on
from residents.forms.filters import HouseholdFilter
from residents.models import Household, Street
from sheets.workbook import Column, list_workbook, xlsx_response

from .gate import need, villages_of

ROWS_ON_A_PAGE = 25
ROWS_AT_ONCE = 300

COLUMNS = (
    Column("Mã hộ", "household.code", "code", 9),
    Column("Chủ hộ", "household.head_name"),
    Column("Thôn, tổ dân phố", "household.village.name"),
    Column("Đường, ngõ", lambda card: card.household.street.name if card.household.street else ""),
    Column("Thứ tự", "household.order_no", "integer", 8),
    Column("Địa chỉ", "household.address"),
    Column("Điện thoại", "household.phone", "code", 13),
    Column("Số người", lambda card: len(card.residents), "integer"),
    Column("Mục chưa hỏi", "unasked_count", "integer"),
    Column("Mục chưa có", "not_reached_count", "integer"),
    Column("Còn thiếu", lambda card: missing_text(card), width=44),
    Column("Lượt gần nhất", "household.last_at", "datetime"),
    Column("Kết quả", "household.last_label", width=12),
    Column("Hẹn lại", "household.come_back_on", "date"),
)


@require_GET
def household_list(request):
    user = request.user
    need(user, Can.SEE_PEOPLE)
    today = timezone.localdate()
    villages, versions = list(villages_of(user)), versions_on(today)
    form = HouseholdFilter(
        request.GET, villages=villages, streets=_streets(request.GET.get("village", ""), villages), versions=versions
    )
    households = Household.objects.visible_to(user).with_last_visit().select_related("village", "street")
    households = form.filter(households, today).in_walking_order()
    if request.GET.get("export") == "xlsx":
        return _export(request, form, households, versions, today)
    page = Paginator(households, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "residents/household_list.html",
        {
            "form": form,
            "page": page,
            "cards": cards(page, today, versions=versions),
            "villages": villages,
            "today": today,
            "may_edit": user.may(Can.EDIT_PEOPLE),
            "may_export": user.may(Can.EXPORT_PEOPLE),
        },
    )


def missing_text(card: Card) -> str:
    """“VNeID mức 2 (2 chưa hỏi), Cáp quang (1 chưa có)”"""
    return ", ".join(f"{row.indicator.short_name} ({_counts(row)})" for row in card.lacking)


def _counts(row) -> str:
    counts = ((len(row.unasked), "chưa hỏi"), (len(row.not_reached), "chưa có"))
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def _streets(chosen: str, villages: list) -> list[Street]:
    """Streets are offered within one village: the one chosen, or the only one."""
    village = next((each for each in villages if str(each.pk) == chosen), villages[0] if len(villages) == 1 else None)
    return list(village.streets.all()) if village else []


def _export(request, form, households, versions, today):
    need(request.user, Can.EXPORT_PEOPLE)
    households = households.filter(village__in=request.user.reach().villages(Can.EXPORT_PEOPLE))
    rows = list(_in_parts(households, versions, today))
    content = list_workbook(title="Danh sách hộ", subtitle=f"Ngày {today:%d/%m/%Y}", columns=COLUMNS, rows=rows)
    record(
        by=request.user,
        verb=Act.Verb.EXPORT,
        label="Danh sách hộ",
        rows=len(rows),
        filters={name: str(value) for name, value in form.cleaned_data.items() if value},
        address=request.META.get("REMOTE_ADDR"),
    )
    return xlsx_response(f"Danh sách hộ {today:%d-%m-%Y}", content)


def _in_parts(households, versions, today) -> Iterator[Card]:
    every = list(households)
    for start in range(0, len(every), ROWS_AT_ONCE):
        yield from cards(every[start : start + ROWS_AT_ONCE], today, versions=versions)
