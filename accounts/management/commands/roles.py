"""Prints what each role may do, as docs/roles.md: `manage.py roles > docs/roles.md`."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from accounts.rules import PERSONAL, ROLE_CAN, ROLE_GRANTS, ROLE_LEVELS, Can, Role

HEAD = """\
# Vai trò và quyền

Bảng này in từ `accounts/rules.py` bằng `manage.py roles > docs/roles.md`; không sửa tay.

Quyền chỉ có trong địa bàn được phân công và các địa bàn bên dưới, theo bản đồ hôm nay. Không có phân công thì không
thấy gì. Người xem số liệu tổng hợp thấy thêm tổng của các cấp trên mình, và số liệu của đơn vị cũ đã nhập vào địa
bàn mình.
"""
FOOT = """\
## Tài khoản quản trị cao nhất (superuser)

Có mọi quyền trừ {personal}. Những quyền đó chỉ mở khi ghi lý do, trong 60 phút, và được ghi vào nhật ký.

## Cấp, khóa, đặt lại tài khoản

Một người quản lý một tài khoản khi mọi phân công đang có của tài khoản ấy nằm dưới địa bàn của mình và thuộc các
vai trò mình được cấp. Không ai tự quản lý mình. Tài khoản hết phân công do nơi phân công cuối cùng quản lý. Cán bộ có
thể kết thúc riêng phân công trong địa bàn mình dù người đó còn làm ở nơi khác.
Quản trị hệ thống do cấp trên hoặc superuser lập.
"""


class Command(BaseCommand):
    help = "In bảng vai trò và quyền (docs/roles.md)."

    def handle(self, **options):
        self.stdout.write(roles_text(), ending="")


def roles_text() -> str:
    personal = ", ".join(f"“{can.label}”" for can in Can if can in PERSONAL)
    return "\n".join([HEAD, *rights_table(), "", *posts_table(), "", FOOT.format(personal=personal)])


def rights_table() -> list[str]:
    """One line for each right, one column for each role."""
    head = ["Quyền", *(role.label for role in Role)]
    lines = ["## Quyền", "", _line(head), _line(["---"] + [":---:"] * len(Role))]
    return lines + [_line([can.label, *("có" if can in ROLE_CAN[role] else "" for role in Role)]) for can in Can]


def posts_table() -> list[str]:
    lines = ["## Phân công ở cấp nào, được cấp vai trò nào", ""]
    lines += [_line(["Vai trò", "Phân công tại", "Được cấp"]), _line(["---"] * 3)]
    for role in Role:
        levels = "; ".join(level.label for level in ROLE_LEVELS[role])
        grants = "; ".join(granted.label for granted in ROLE_GRANTS.get(role, ())) or "–"
        lines.append(_line([role.label, levels, grants]))
    return lines


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
