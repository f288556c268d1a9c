"""Accounts for the ward's people and above: the list, one account, making and changing them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, slips
from accounts.models import Posting, User
from accounts.rules import Can, can_end, can_manage
from accounts.user_columns import COLUMNS, users_shown_to
from accounts.user_forms import NewUserForm, PastedForm, UserFilter, UserForm
from accounts.within import area_within, steps_from
from areas.models import Level
from journal.actions import record
from journal.models import Act
from sheets.workbook import list_workbook, xlsx_response

PER_PAGE = 30
ACCOUNT_VERBS = (
    Act.Verb.SIGN_IN,
    Act.Verb.SIGN_IN_FAILED,
    Act.Verb.SIGN_OUT,
    Act.Verb.PASSWORD,
    Act.Verb.RESET,
    Act.Verb.ADD,
    Act.Verb.CHANGE,
    Act.Verb.GRANT,
    Act.Verb.REVOKE,
    Act.Verb.DEACTIVATE,
    Act.Verb.ACTIVATE,
)


def manager(request) -> User:
    """Who asks, if she manages accounts at all."""
    if not request.user.may(Can.MANAGE_USERS):
        raise PermissionDenied
    return request.user


@require_GET
def user_list(request):
    user = manager(request)
    form = UserFilter(user, request.GET)
    users = form.filter(users_shown_to(user))
    if request.GET.get("export") == "xlsx":
        return export(request, users, form.area)
    page = Paginator(users, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/user_list.html", {"filter_form": form, "page": page})


def export(request, users, area):
    rows = list(users)
    area_id = area.pk if area else request.user.home_area_id()
    record(by=request.user, verb=Act.Verb.EXPORT, area_id=area_id, label="Danh sách tài khoản", rows=len(rows))
    today = timezone.localdate()
    where = area or "Tất cả địa bàn phụ trách"
    content = list_workbook(
        title="Danh sách tài khoản",
        subtitle=f"{where}, ngày {today:%d/%m/%Y}. Sửa rồi tải lên lại được ở mục Nhập danh sách.",
        columns=COLUMNS,
        rows=rows,
    )
    return xlsx_response(f"Danh sách tài khoản {today:%d-%m-%Y}", content)


@require_GET
def user_detail(request, pk):
    other = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    is_self = other.pk == request.user.pk
    postings = Posting.objects.visible_to(request.user).filter(user=other).select_related("area", "granted_by", "user")
    shown = [(posting, can_end(request.user, posting)) for posting in postings.latest_first()]
    acts = Act.objects.about("accounts.user", other.pk).filter(verb__in=ACCOUNT_VERBS)
    if not is_self:
        acts = acts.visible_to(request.user)
    context = {
        "other": other,
        "postings": shown,
        "acts": acts[:20],
        "is_self": is_self,
        "may_manage": can_manage(request.user, other),
        "may_post": request.user.may(Can.MANAGE_USERS) and not is_self and not other.is_superuser,
    }
    return render(request, "accounts/user_detail.html", context)


@require_http_methods(["GET", "POST"])
def user_add(request):
    user = manager(request)
    within = area_within(request)
    form = NewUserForm(request.POST or None, by=user, within=within)
    if request.method == "POST" and form.is_valid():
        made = actions.add_users([actions.NewAccount(**form.cleaned_data)], by=user)
        slips.keep(request, made)
        messages.success(request, f"Đã tạo tài khoản cho {form.cleaned_data['full_name']}. In phiếu để giao.")
        return redirect("accounts:user_slip")
    context = {"form": form, "within": within, "steps": steps_from(user, within, down_to=Level.WARD)}
    return render(request, "accounts/user_add.html", context)


@require_http_methods(["GET", "POST"])
def users_add_many(request):
    """Paste, look at what was understood, make all or none."""
    user = manager(request)
    within = area_within(request)
    form = PastedForm(request.POST or None, by=user, within=within)
    is_read = request.method == "POST" and form.is_valid()
    if is_read and request.POST.get("step") == "make":
        made = actions.add_users(form.accounts, by=user)
        slips.keep(request, made)
        messages.success(request, f"Đã tạo {len(made)} tài khoản. In phiếu để giao cho từng người.")
        return redirect("accounts:user_slip")
    context = {
        "form": form,
        "within": within,
        "steps": steps_from(user, within, down_to=Level.WARD),
        "accounts": form.accounts if is_read else [],
    }
    return render(request, "accounts/users_add_many.html", context)


@require_http_methods(["GET", "POST"])
def user_change(request, pk):
    other = managed(request, pk)
    initial = {"full_name": other.full_name, "phone": other.phone, "username": other.username}
    form = UserForm(request.POST or None, initial=initial, user=other)
    if request.method == "POST" and form.is_valid():
        actions.change_user(other, by=request.user, **form.cleaned_data)
        messages.success(request, "Đã lưu.")
        return redirect("accounts:user_detail", pk)
    return render(request, "accounts/user_change.html", {"form": form, "other": other})


@require_POST
def user_reset(request, pk):
    other = managed(request, pk)
    slips.keep(request, {other.pk: actions.reset_password(other, by=request.user)})
    messages.success(request, f"{other} có mật khẩu mới. In phiếu hoặc đọc cho người dùng.")
    return redirect("accounts:user_slip")


@require_POST
def user_deactivate(request, pk):
    other = managed(request, pk)
    actions.deactivate(other, by=request.user)
    messages.success(request, f"Đã ngừng tài khoản của {other}.")
    return redirect("accounts:user_detail", pk)


@require_POST
def user_activate(request, pk):
    other = managed(request, pk)
    actions.activate(other, by=request.user)
    messages.success(request, f"{other} lại dùng được tài khoản.")
    return redirect("accounts:user_detail", pk)


def managed(request, pk) -> User:
    """A user that she may manage; one she only sees is 403, one she does not see is 404."""
    other = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if not can_manage(request.user, other):
        raise PermissionDenied
    return other


@require_http_methods(["GET", "POST"])
def user_slip(request):
    """The slips made in this session, for a quarter of an hour or until she says that she has them."""
    if request.method == "POST":
        slips.forget(request)
        messages.success(request, "Đã cất phiếu. Cần phiếu mới thì cấp lại mật khẩu.")
        return redirect("accounts:user_list")
    manager(request)
    return render(request, "accounts/user_slip.html", {"slips": slips.shown(request), "now": timezone.now()})
