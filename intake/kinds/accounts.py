"""Lists of people who get an account: team leaders and members of the villages, and others below the uploader."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from accounts import actions
from accounts.models import User
from accounts.pasted import MOST_LINES, read_lines
from accounts.rules import Can, can_manage, grantable_roles
from intake import cells
from intake.blanks import BlankColumn
from intake.cells import Problem
from intake.kinds.base import Cannot, Context, Kind, Progress, State, Table, Unit
from intake.models import Upload, UploadRow
from intake.words import Field

FIELDS = (
    Field("name", "Họ và tên", ("ho ten", "ten", "ho va ten", "ho ten to truong", "to truong", "ho va ten to truong")),
    Field("phone", "Điện thoại", ("so dien thoai", "sdt", "dt", "so dt", "di dong")),
    Field("area", "Thôn, tổ dân phố", ("thon", "to dan pho", "tdp", "thon tdp", "dia ban", "khu pho", "ap", "don vi")),
    Field("role", "Vai trò", ("chuc vu", "chuc danh", "nhiem vu")),
)
_NUMBERED = re.compile(r"Dòng (\d+): (.*)", re.DOTALL)
_COLUMN = re.compile(r"cột ([^:]+): (.*)", re.DOTALL)


class Accounts(Kind):
    """The words of a line are judged by the page on which accounts are pasted: one set of rules for both."""

    code = Upload.Kind.ACCOUNTS
    label = Upload.Kind.ACCOUNTS.label
    needs = Can.MANAGE_USERS
    about = "Họ tên, điện thoại, thôn, vai trò. Lưu xong in phiếu tài khoản cho từng người."
    day_label = "Ngày lập danh sách"

    def fields(self, day: dt.date) -> list[Field]:
        return list(FIELDS)

    def lacking(self, columns: Sequence[str]) -> str:
        missing = [field.label for field in FIELDS[:1] + FIELDS[2:3] if field.code not in columns]
        return f"Chọn cột: {', '.join(missing)}." if missing else ""

    def identifying(self) -> tuple[str, ...]:
        return ("name", "phone")

    def blank(self, user, day: dt.date):
        roles = [str(role.label) for role in grantable_roles(user)]
        columns = [
            BlankColumn("Họ và tên", "Nguyễn Thị Lan", width=28),
            BlankColumn("Điện thoại", "0905123456", is_text=True),
            BlankColumn("Thôn, tổ dân phố", "Thôn Tà Lang", width=28),
            BlankColumn("Vai trò", roles[-1] if roles else "", roles, width=22),
        ]
        return columns, ["Mỗi dòng một người. Bỏ trống vai trò là Thành viên tổ."]

    def check(self, table: Table, context: Context, told: Progress) -> list[Unit]:
        if len(table.lines) > MOST_LINES:
            raise Cannot(
                f"Mỗi lần nhiều nhất {MOST_LINES} tài khoản; tệp có {len(table.lines)} dòng. Tách thành nhiều tệp."
            )
        text = "\n".join(self._text(line) for line in table.lines)
        pasted = read_lines(text, within=context.area, by=context.by)
        problems: dict[int, list[Problem]] = {}
        for error in pasted.errors:
            number, sentence = _NUMBERED.fullmatch(error).groups() if _NUMBERED.fullmatch(error) else ("1", error)
            line = table.lines[int(number) - 1] if table.lines else None
            if line is not None:
                problems.setdefault(line.number, []).append(_problem(line, sentence))
        accounts = iter(pasted.accounts)
        return [self._unit(line, problems.get(line.number, []), accounts) for line in table.lines]

    @staticmethod
    def _text(line) -> str:
        told = [line.read(code, cells.text, 150) for code in ("name", "phone", "area", "role")]
        return "\t".join(told)

    def _unit(self, line, problems: list[Problem], accounts) -> Unit:
        label = line.read("name", cells.text, 100) or "(chưa có tên)"
        existing = [problem for problem in problems if "đã có tài khoản" in problem.text]
        if existing and len(existing) == len(problems):
            return Unit(line.number, line.number, State.SAME, label, told=existing[0].text)
        if problems:
            return Unit(line.number, line.number, State.WRONG, label, problems=problems)
        account = next(accounts)
        unit = Unit(line.number, line.number, State.NEW, account.full_name, plan=account)
        unit.told = f"Cấp tài khoản {account.username}: {account.role.label}, {account.area}"
        return unit

    def prepare(self, units: Sequence[Unit], context: Context) -> None:
        self.accounts = [unit.plan for unit in units]

    def save(self, units: Sequence[Unit], context: Context) -> dict:
        self.seeds = actions.add_users(self.accounts, by=context.by) if self.accounts else {}
        return {"rows": len(self.seeds), "users": list(self.seeds)}

    def undo(self, rows: Iterable[UploadRow], context: Context, written: dict) -> None:
        """Accounts are never deleted: those that nobody has used are put out of use."""
        users = list(User.objects.select_for_update().filter(pk__in=written.get("users", ())))
        for user in users:
            if user.last_login is not None:
                raise Cannot(f"Không hoàn tác được: {user} đã đăng nhập. Ngừng từng tài khoản ở mục Tài khoản.")
            if not can_manage(context.by, user):
                raise Cannot(f"Không hoàn tác được: {user} nay thuộc nơi khác quản lý.")
        for user in users:
            for posting in user.postings.current():
                actions.end_posting(posting, by=context.by)
            user.forget_reach()
            if can_manage(context.by, user):
                actions.deactivate(user, by=context.by)


def _problem(line, sentence: str) -> Problem:
    match = _COLUMN.fullmatch(sentence)
    column, text = match.groups() if match else ("", sentence)
    return Problem(line.number, column, text[:1].upper() + text[1:])
