"""Doors: the large links of a home page. A door whose page she may not open is not shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounts.rules import Can


@dataclass(frozen=True)
class Door:
    title: str
    note: str
    icon: str
    to: str
    needs: Can
    query: str = ""


WARD = (
    Door("Thêm hộ", "Chủ hộ, địa chỉ, người trong hộ", "house-plus", "residents:household_add", Can.EDIT_PEOPLE),
    Door("Nhập phiếu giấy", "In phiếu, nhập bằng bàn phím", "keyboard", "residents:paper", Can.RECORD_VISITS),
    Door("Nhập danh sách Excel", "Hộ, tổ, thôn, tài khoản đang có", "file-up", "intake:upload_list", Can.EDIT_PEOPLE),
    Door("Thêm tổ", "Tổ, thôn phục vụ, quyết định thành lập", "users-round", "teams:team_add", Can.EDIT_TEAMS),
    Door("Cấp tài khoản", "Cho tổ trưởng, thành viên", "circle-user", "accounts:user_add", Can.MANAGE_USERS),
    Door("Báo cáo tháng", "Biểu 01–04, tải về để trình ký", "file-text", "reports:monthly", Can.MAKE_REPORTS),
    Door("Số liệu công bố", "Thôn làm giấy, chưa có sổ hộ", "megaphone", "reports:stated_list", Can.STATE_FIGURES),
)
ABOVE = (
    Door("Báo cáo tháng", "Biểu 01–04, tải về để trình ký", "file-text", "reports:monthly", Can.MAKE_REPORTS),
    Door("Tải bảng độ phủ", "Mọi tiêu chí theo đơn vị, tệp Excel", "file-spreadsheet", "reports:coverage",
         Can.SEE_FIGURES, "view=matrix&export=xlsx"),
    Door("Tải bảng hoạt động", "Trong kỳ và lũy kế, tệp Excel", "file-spreadsheet", "reports:activity",
         Can.SEE_FIGURES, "export=xlsx"),
    Door("Số liệu công bố", "Nhập số liệu chưa đếm từ sổ", "megaphone", "reports:stated_list", Can.STATE_FIGURES),
)  # fmt: skip
ADMINISTRATOR = (
    Door("Tài khoản", "Cấp, phân công, cấp lại mật khẩu", "circle-user", "accounts:user_list", Can.ADMINISTER),
    Door("Nhật ký", "Ai đã làm gì, khi nào", "scroll-text", "journal:act_list", Can.ADMINISTER),
    Door("Trang quản trị", "Danh mục, tiêu chí, lịch kỳ báo cáo", "wrench", "admin:index", Can.ADMINISTER),
)


def open_to(user, doors: tuple[Door, ...], **query) -> list[dict]:
    """The doors this user may open, with their addresses."""
    return [
        {"title": door.title, "note": door.note, "icon": door.icon, "url": _url(door, query)}
        for door in doors
        if user.may(door.needs)
    ]


def _url(door: Door, query: dict) -> str:
    parts = [door.query] if door.query else []
    if door.to.startswith("reports:") and door.query:
        parts += [f"{name}={value}" for name, value in query.items()]
    return reverse(door.to) + (f"?{'&'.join(parts)}" if parts else "")
