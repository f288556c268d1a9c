"""The list of accounts as a workbook, which can be edited and loaded back (intake/kinds/accounts.py)."""

from __future__ import annotations

from django.db.models import Prefetch

from sheets.workbook import Column

from .models import Posting, User

COLUMNS = (
    Column("Họ và tên", "full_name"),
    Column("Điện thoại", "phone", "code"),
    Column("Tên đăng nhập", "username", "code", 20),
    Column("Vai trò", lambda user: "; ".join(posting.get_role_display() for posting in user.shown_postings), width=22),
    Column("Địa bàn", lambda user: "; ".join(str(posting.area) for posting in user.shown_postings), width=30),
    Column("Tình trạng", "state_text", width=26),
    Column("Đăng nhập gần nhất", "last_login", "datetime"),
    Column("Tạo lúc", "date_joined", "datetime"),
    Column("Mã số người dùng (phần mềm)", lambda user: str(user.pk), "code", 30),
)


def users_shown_to(user: User):
    """Users with those of their open postings that she may know of, as `shown_postings`."""
    postings = Posting.objects.visible_to(user).current().select_related("area").order_by("area__level", "since")
    return User.objects.visible_to(user).prefetch_related(
        Prefetch("postings", queryset=postings, to_attr="shown_postings")
    )
