"""Lists of people who get an account, and the list of accounts taken away, edited and loaded back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts import actions
from accounts.actions import NewAccount
from accounts.models import User
from accounts.pasted import MOST_LINES, read_lines
from accounts.rules import Can, can_manage, grantable_roles
from accounts.user_columns import COLUMNS, users_shown_to
from accounts.user_forms import UserForm
from intake import cells
from intake.blanks import BlankColumn
from intake.cells import Line, Problem
from intake.kinds.base import Cannot, Context, Kind, Progress, State, Table, Unit, leave_out_unchanged
from intake.models import Upload, UploadRow
from intake.words import Field
from residents.record import in_parts
from sheets.phones import phone_text
from sheets.text import search_key

FIELDS = (
    Field("name", "Họ và tên", ("ho ten", "ten", "ho va ten", "ho ten to truong", "to truong", "ho va ten to truong")),
    Field("phone", "Điện thoại", ("so dien thoai", "sdt", "dt", "so dt", "di dong")),
    Field("area", "Thôn, tổ dân phố", ("thon", "to dan pho", "tdp", "thon tdp", "dia ban", "khu pho", "ap", "don vi")),
    Field("role", "Vai trò", ("chuc vu", "chuc danh", "nhiem vu")),
    Field("username", "Tên đăng nhập", ("ten tai khoan", "tai khoan", "username", "user")),
    Field("state", "Tình trạng", ("trang thai",)),
    Field("user_id", "Mã số người dùng (phần mềm)", ("ma so nguoi dung phan mem",)),
)
# What the list that is taken away has under the headings that are understood.
TAKEN_AWAY = dict(zip(("name", "phone", "username", "role", "area", "state"), COLUMNS, strict=False))
# The columns that change an account, with the fields of the page's form.
FORM_FIELDS = {"name": "full_name", "phone": "phone", "username": "username"}
NOT_THERE = "Không tìm thấy người dùng mang mã số này. Xóa mã số để cấp tài khoản mới, hoặc lấy lại danh sách."
NOT_HERS = "Tài khoản này không thuộc quyền quản lý của bạn nên không sửa được."
POSTINGS = "Phân công nay là: {now}. Thêm, thôi phân công ở trang của tài khoản; trong tệp giữ nguyên hoặc để trống."
OUT_OF_USE = "Ngừng hoặc dùng lại tài khoản ở trang của tài khoản; trong tệp giữ nguyên hoặc để trống."
TAKEN = "Tên đăng nhập này đã có người dùng."
NAMED_BY_THE_SOFTWARE = "Tên đăng nhập do phần mềm đặt theo họ tên; muốn đổi thì sửa ở trang của tài khoản."
AT_ONCE = 500
_NUMBERED = re.compile(r"Dòng (\d+): (.*)", re.DOTALL)
_COLUMN = re.compile(r"cột ([^:]+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class UserChange:
    user: User
    before: dict[str, str]
    after: dict[str, str]


class Accounts(Kind):
    """A line about somebody new is judged by the page on which accounts are pasted, one about somebody known by the
    page that changes an account: one set of rules for both.
    """

    code = Upload.Kind.ACCOUNTS
    label = Upload.Kind.ACCOUNTS.label
    needs = exports = Can.MANAGE_USERS
    about = "Họ tên, điện thoại, thôn, vai trò. Lưu xong in phiếu tài khoản cho từng người."
    day_label = "Ngày lập danh sách"

    def fields(self, day: dt.date) -> list[Field]:
        return list(FIELDS)

    def lacking(self, columns: Sequence[str]) -> str:
        if "user_id" in columns:
            return ""
        missing = [field.label for field in FIELDS[:1] + FIELDS[2:3] if field.code not in columns]
        return f"Chọn cột: {', '.join(missing)}." if missing else ""

    def identifying(self) -> tuple[str, ...]:
        return ("name", "phone", "user_id")

    def blank(self, user, day: dt.date):
        roles = [str(role.label) for role in grantable_roles(user)]
        columns = [
            BlankColumn("Họ và tên", "Nguyễn Thị Lan", width=28),
            BlankColumn("Điện thoại", "0905123456", is_text=True),
            BlankColumn("Thôn, tổ dân phố", "Thôn Tà Lang", width=28),
            BlankColumn("Vai trò", roles[-1] if roles else "", roles, width=22),
        ]
        return columns, ["Mỗi dòng một người. Bỏ trống vai trò là Thành viên tổ."]

    def present(self, user, day: dt.date):
        return COLUMNS, users_shown_to(user).iterator(chunk_size=1000)

    def check(self, table: Table, context: Context, told: Progress) -> list[Unit]:
        self.users = _users(table.lines, context.by)
        self.lines: dict[int, int] = {}  # user → the line about her
        self.usernames: set[str] = set()  # that the list gives
        units = {}
        for line in table.lines:
            if user := self.users.get(_key(line)):
                units[line.number] = self._known(line, user, context)
            elif line.has("user_id"):
                line.wrong("user_id", NOT_THERE)
                units[line.number] = Unit(line.number, line.number, State.WRONG, _label(line), problems=line.problems)
        units |= self._people([line for line in table.lines if line.number not in units], context)
        return [units[line.number] for line in table.lines]

    # --- somebody who has an account

    def _known(self, line: Line, user: User, context: Context) -> Unit:
        unit = Unit(line.number, line.number, State.SAME, str(user), problems=line.problems)
        leave_out_unchanged(line, TAKEN_AWAY, user)
        if (other := self.lines.setdefault(user.pk, line.number)) != line.number:
            line.wrong("user_id", f"Trùng với dòng {other} trong tệp.")
        self._elsewhere(line, user)
        before = {name: getattr(user, name) for name in FORM_FIELDS.values()}
        edits = {name: line.read(code, cells.text, 150) for code, name in FORM_FIELDS.items() if line.has(code)}
        if edits and not can_manage(context.by, user):
            line.wrong("", NOT_HERS)
        elif edits:
            self._judge(line, unit, UserForm(before | edits, user=user), before)
        if line.problems:
            unit.state = State.WRONG
        return unit

    def _judge(self, line: Line, unit: Unit, form: UserForm, before: dict[str, str]) -> None:
        """What the page that changes an account has to say of it."""
        columns = {name: code for code, name in FORM_FIELDS.items()}
        for name, errors in form.errors.items():
            line.wrong(columns.get(name, ""), " ".join(errors))
        after = {name: form.cleaned_data.get(name, "") for name in before}
        changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
        if "username" in changes and self._is_given(after["username"]):
            line.wrong("username", TAKEN)
        if changes and not line.problems:
            unit.state, unit.plan = State.CHANGED, UserChange(form.user, before, after)
            unit.told = "; ".join(
                f"{_name(name)}: {_shown(name, old)} → {_shown(name, new)}" for name, (old, new) in changes.items()
            )
            unit.essence = (form.user.pk, sorted(changes.items()))

    @staticmethod
    def _elsewhere(line: Line, user: User) -> None:
        """What a list does not change, and the page that does."""
        if line.has("role") or line.has("area"):
            now = "; ".join(map(str, user.shown_postings)) or "chưa có"
            line.wrong("role" if line.has("role") else "area", POSTINGS.format(now=now))
        is_out = "ngung" in search_key(cells.plain(line.cells.get("state")))
        if line.has("state") and is_out == user.is_active:
            line.wrong("state", OUT_OF_USE)

    def _is_given(self, username: str) -> bool:
        is_given = username in self.usernames
        self.usernames.add(username)
        return is_given

    # --- somebody new

    def _people(self, lines: list[Line], context: Context) -> dict[int, Unit]:
        if len(lines) > MOST_LINES:
            raise Cannot(
                f"Mỗi lần nhiều nhất {MOST_LINES} tài khoản mới; tệp có {len(lines)} dòng. Tách thành nhiều tệp."
            )
        if not lines:
            return {}
        pasted = read_lines("\n".join(map(self._text, lines)), within=context.area, by=context.by)
        problems: dict[int, list[Problem]] = {}
        for error in pasted.errors:
            number, sentence = _NUMBERED.fullmatch(error).groups() if _NUMBERED.fullmatch(error) else ("1", error)
            line = lines[int(number) - 1]
            problems.setdefault(line.number, []).append(_problem(line, sentence))
        accounts = iter(pasted.accounts)
        return {line.number: self._unit(line, problems.get(line.number, []), accounts) for line in lines}

    @staticmethod
    def _text(line) -> str:
        told = [line.read(code, cells.text, 150) for code in ("name", "phone", "area", "role")]
        return "\t".join(told)

    def _unit(self, line, problems: list[Problem], accounts) -> Unit:
        label = _label(line)
        existing = [problem for problem in problems if "đã có tài khoản" in problem.text]
        if existing and len(existing) == len(problems):
            return Unit(line.number, line.number, State.SAME, label, told=existing[0].text)
        if problems:
            return Unit(line.number, line.number, State.WRONG, label, problems=problems)
        account = next(accounts)
        if self._is_given(account.username):
            line.wrong("name", TAKEN)
            return Unit(line.number, line.number, State.WRONG, label, problems=line.problems)
        if line.has("username"):
            line.note("username", NAMED_BY_THE_SOFTWARE)
        unit = Unit(line.number, line.number, State.NEW, account.full_name, problems=line.problems, plan=account)
        unit.told = f"Cấp tài khoản {account.username}: {account.role.label}, {account.area}"
        return unit

    def prepare(self, units: Sequence[Unit], context: Context) -> None:
        self.accounts = [unit.plan for unit in units if isinstance(unit.plan, NewAccount)]
        self.changes = [unit.plan for unit in units if isinstance(unit.plan, UserChange)]

    def save(self, units: Sequence[Unit], context: Context) -> dict:
        self.seeds = actions.add_users(self.accounts, by=context.by) if self.accounts else {}
        for change in self.changes:
            actions.change_user(change.user, by=context.by, **change.after)
        were = [[change.user.pk, change.before, change.after] for change in self.changes]
        return {"rows": len(units), "users": list(self.seeds), "were": were}

    def undo(self, rows: Iterable[UploadRow], context: Context, written: dict) -> None:
        """Accounts are never deleted: those that nobody has used are put out of use; changed ones are put back."""
        self._put_back(written.get("were", ()), context)
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

    @staticmethod
    def _put_back(were: Iterable[tuple[int, dict, dict]], context: Context) -> None:
        for pk, before, after in were:
            user = User.objects.select_for_update().get(pk=pk)
            if any(getattr(user, name) != value for name, value in after.items()):
                raise Cannot(f"Không hoàn tác được: tài khoản của {user} đã được sửa sau khi nhập tệp.")
            if not can_manage(context.by, user):
                raise Cannot(f"Không hoàn tác được: {user} nay thuộc nơi khác quản lý.")
            if User.objects.filter(username=before["username"]).exclude(pk=pk).exists():
                raise Cannot(f"Không hoàn tác được: tên đăng nhập {before['username']} nay đã có người khác dùng.")
            actions.change_user(user, by=context.by, **before)


def _key(line: Line) -> str:
    """What says whose account it is: the software's id as "#12", without one the login name."""
    pk = cells.plain(line.cells.get("user_id")).strip()
    return f"#{pk}" if pk else cells.plain(line.cells.get("username")).strip().lower()


def _users(lines: Sequence[Line], by: User) -> dict[str, User]:
    """The users that lines mean, of those whom she sees, by `_key`."""
    keys = {key for line in lines if (key := _key(line))}
    numbers = [int(key[1:]) for key in keys if key[0] == "#" and key[1:].isdecimal() and len(key) < 20]
    found: dict[str, User] = {}
    for name, values in (("pk", numbers), ("username", [key for key in keys if key[0] != "#"])):
        for some in in_parts(values, AT_ONCE):
            for user in users_shown_to(by).filter(**{f"{name}__in": some}):
                found |= {f"#{user.pk}": user, user.username: user}
    return found


def _label(line: Line) -> str:
    return line.read("name", cells.text, 100) or "(chưa có tên)"


def _name(field: str) -> str:
    return str(User._meta.get_field(field).verbose_name)


def _shown(field: str, value: str) -> str:
    return (phone_text(value) if field == "phone" else value) or "trống"


def _problem(line, sentence: str) -> Problem:
    match = _COLUMN.fullmatch(sentence)
    column, text = match.groups() if match else ("", sentence)
    return Problem(line.number, column, text[:1].upper() + text[1:])
