"""The main menu: what a user may open, in at most six entries, and the line that says who she is."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse

from accounts.rules import Can


@dataclass(frozen=True)
class Entry:
    """One line of the menu; an entry with `items` opens a list of them."""

    label: str
    icon: str
    to: str = ""
    needs: tuple[Can, ...] = ()
    # Other pages that stand under this entry, by name; they take no argument.
    also: tuple[str, ...] = ()
    items: tuple[Entry, ...] = field(default=())


MENU = (
    Entry("Trang chủ", "house", "home"),
    Entry(
        "Hộ dân", "users", "residents:household_list", (Can.SEE_PEOPLE,), ("residents:paper", "residents:street_index")
    ),
    Entry("Lượt hỗ trợ", "footprints", "residents:visit_list", (Can.SEE_PEOPLE,)),
    Entry("Tổ CNSCĐ", "network", "teams:team_list", (Can.SEE_TEAMS,)),
    Entry(
        "Báo cáo",
        "chart-column",
        items=(
            Entry("Độ phủ", "chart-bar", "reports:coverage", (Can.SEE_FIGURES,)),
            Entry("Hoạt động", "activity", "reports:activity", (Can.SEE_FIGURES,)),
            Entry("Tổ và thành viên", "users-round", "reports:teams_report", (Can.SEE_FIGURES,)),
            Entry("Chỉ tiêu giao", "target", "reports:target_list", (Can.SEE_FIGURES,)),
            Entry("Tăng trưởng", "trending-up", "reports:growth", (Can.SEE_FIGURES,)),
            Entry("Báo cáo tháng", "file-text", "reports:monthly", (Can.MAKE_REPORTS, Can.APPROVE_REPORTS)),
            Entry("Tiến độ báo cáo", "list-checks", "reports:cockpit", (Can.SEE_FIGURES,)),
            Entry("Số liệu công bố", "megaphone", "reports:stated_list", (Can.SEE_FIGURES,)),
            Entry("Mẫu của cơ quan", "table-properties", "reports:template_list", (Can.MAKE_REPORTS,)),
            Entry("Việc đang chạy", "hourglass", "accounts:job_list", (Can.SEE_FIGURES,)),
        ),
    ),
    Entry(
        "Quản lý",
        "settings-2",
        items=(
            Entry("Địa bàn", "map-pinned", "areas:area_list", (Can.EDIT_AREAS, Can.EDIT_OFFICES)),
            Entry(
                "Nhập danh sách",
                "file-up",
                "intake:upload_list",
                (Can.EDIT_TEAMS, Can.EDIT_AREAS, Can.MANAGE_USERS, Can.STATE_FIGURES),
            ),
            Entry("Tài khoản", "circle-user", "accounts:user_list", (Can.MANAGE_USERS,)),
            Entry("Điện thoại đi hộ", "smartphone", "field:desk", (Can.MANAGE_USERS,)),
            Entry("Nhật ký", "scroll-text", "journal:act_list", (Can.SEE_JOURNAL,)),
            Entry("Quản trị", "wrench", "admin:index", (Can.USE_ADMIN,)),
        ),
    ),
)


def menu(request) -> dict:
    """Context processor: `menu` (label, url, icon, active, items), `user_place` (role and area), `phone_app`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "user_place": "", "phone_app": False}
    shown = [line for line in (_line(entry, user) for entry in MENU) if line]
    _mark_active(shown, request.path)
    phone_app = user.may(Can.RECORD_VISITS) and not user.is_superuser
    return {"menu": shown, "user_place": place_of(user), "phone_app": phone_app}


def place_of(user) -> str:
    """“Tổ trưởng · Thôn Tà Lang”; with several postings the first and how many more."""
    postings = user.reach().postings
    if not postings:
        return "Quản trị hệ thống" if user.is_superuser else "Chưa được phân công"
    first = f"{postings[0].get_role_display()} · {postings[0].area}"
    return f"{first} và {len(postings) - 1} phân công khác" if len(postings) > 1 else first


def _line(entry: Entry, user) -> dict | None:
    if entry.items:
        items = [line for line in (_line(item, user) for item in entry.items) if line]
        return {"label": entry.label, "icon": entry.icon, "items": items, "active": False} if items else None
    if entry.needs and not any(user.may(can) for can in entry.needs):
        return None
    try:
        url = reverse(entry.to)
    except NoReverseMatch:
        return None
    paths = [url, *map(reverse, entry.also)]
    return {"label": entry.label, "icon": entry.icon, "url": url, "paths": paths, "items": [], "active": False}


def _mark_active(shown: list[dict], path: str) -> None:
    """The page under the longest address that leads to `path`, and the group it stands in."""
    leaves = [(line, group) for group in shown for line in group["items"] or [group]]
    fitting = [(url, line, group) for line, group in leaves for url in line["paths"] if _leads_to(url, path)]
    if not fitting:
        return
    _, line, group = max(fitting, key=lambda found: len(found[0]))
    line["active"] = group["active"] = True


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
