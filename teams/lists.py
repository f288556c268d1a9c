"""The columns of the list of teams, on the page and in the workbook."""

from sheets.workbook import Column

from .norms import size_of


def _villages(team) -> str:
    return ", ".join(str(service.village) for service in team.served)


def _leaders(team) -> str:
    return ", ".join(str(member) for member in team.leaders)


TEAM_COLUMNS = (
    Column("Tên tổ", "name", width=42),
    Column("Loại tổ", lambda team: team.get_kind_display(), width=30),
    Column("Địa bàn", lambda team: str(team.home_area), width=24),
    Column("Thôn, tổ dân phố phục vụ", _villages, width=36),
    Column("Tổ trưởng", _leaders, width=24),
    Column("Điện thoại tổ trưởng", lambda team: ", ".join(m.phone for m in team.leaders if m.phone), "code"),
    Column("Thành viên", "members_now", "integer"),
    Column("Định mức ít nhất", "norm_least", "integer"),
    Column("Ghi chú", lambda team: size_of(team).warning, width=30),
    Column("Hoạt động từ", "since", "date"),
    Column("Giải thể từ", "until", "date"),
)
