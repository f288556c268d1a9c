"""What a role may do: one table, read by the gate, the menu, the admin and the docs."""

from __future__ import annotations

from django.db import models

from areas.models import Level


class Role(models.TextChoices):
    TEAM_MEMBER = "team_member", "Thành viên tổ"
    TEAM_LEADER = "team_leader", "Tổ trưởng"
    WARD_OFFICIAL = "ward_official", "Cán bộ phường, xã"
    WARD_LEADER = "ward_leader", "Lãnh đạo phường, xã"
    DISTRICT_STAFF = "district_staff", "Cán bộ quận, huyện"
    DISTRICT_LEADER = "district_leader", "Lãnh đạo quận, huyện"
    PROVINCE_STAFF = "province_staff", "Cán bộ tỉnh, thành phố"
    PROVINCE_LEADER = "province_leader", "Lãnh đạo tỉnh, thành phố"
    VIEWER = "viewer", "Người xem số liệu"
    ADMINISTRATOR = "administrator", "Quản trị hệ thống"


class Can(models.TextChoices):
    SEE_FIGURES = "see_figures", "Xem số liệu tổng hợp"
    SEE_PEOPLE = "see_people", "Xem hộ và nhân khẩu"
    RECORD_VISITS = "record_visits", "Ghi lượt hỗ trợ và ghi nhận"
    EDIT_PEOPLE = "edit_people", "Thêm, sửa hộ và nhân khẩu"
    EXPORT_PEOPLE = "export_people", "Xuất, in danh sách hộ"
    FORGET_PEOPLE = "forget_people", "Xóa thông tin cá nhân của hộ, nhân khẩu"
    SEE_TEAMS = "see_teams", "Xem tổ và thành viên"
    EDIT_TEAMS = "edit_teams", "Thêm, sửa tổ và thành viên"
    EDIT_AREAS = "edit_areas", "Thêm, sửa thôn, tổ dân phố"
    EDIT_OFFICES = "edit_offices", "Sửa thông tin cơ quan"
    STATE_FIGURES = "state_figures", "Nhập số liệu công bố"
    SET_TARGETS = "set_targets", "Giao chỉ tiêu"
    MAKE_REPORTS = "make_reports", "Lập, trình, gửi báo cáo"
    APPROVE_REPORTS = "approve_reports", "Duyệt, trả lại báo cáo"
    CONFIRM_FIGURES = "confirm_figures", "Xác nhận số liệu của thôn"
    MANAGE_USERS = "manage_users", "Cấp và quản lý tài khoản"
    SEE_JOURNAL = "see_journal", "Xem nhật ký"
    USE_ADMIN = "use_admin", "Vào trang quản trị"
    ADMINISTER = "administer", "Quản trị danh mục và cấu hình chung"


_VILLAGE = {Can.SEE_FIGURES, Can.SEE_PEOPLE, Can.RECORD_VISITS, Can.SEE_TEAMS}
_REPORTING = {
    Can.SEE_FIGURES,
    Can.SEE_TEAMS,
    Can.STATE_FIGURES,
    Can.SET_TARGETS,
    Can.MAKE_REPORTS,
    Can.EDIT_OFFICES,
}
_LEADER = frozenset({Can.SEE_FIGURES, Can.SEE_TEAMS, Can.APPROVE_REPORTS})

ROLE_CAN: dict[Role, frozenset[Can]] = {
    Role.TEAM_MEMBER: frozenset(_VILLAGE),
    Role.TEAM_LEADER: frozenset(_VILLAGE | {Can.EDIT_PEOPLE, Can.EXPORT_PEOPLE, Can.CONFIRM_FIGURES}),
    Role.WARD_OFFICIAL: frozenset(
        _VILLAGE
        | _REPORTING
        | {
            Can.CONFIRM_FIGURES,
            Can.EDIT_PEOPLE,
            Can.EXPORT_PEOPLE,
            Can.FORGET_PEOPLE,
            Can.EDIT_TEAMS,
            Can.EDIT_AREAS,
            Can.MANAGE_USERS,
            Can.SEE_JOURNAL,
            Can.USE_ADMIN,
        }
    ),
    Role.WARD_LEADER: _LEADER,
    Role.DISTRICT_STAFF: frozenset(_REPORTING | {Can.MANAGE_USERS, Can.SEE_JOURNAL}),
    Role.DISTRICT_LEADER: _LEADER,
    Role.PROVINCE_STAFF: frozenset(_REPORTING | {Can.MANAGE_USERS, Can.SEE_JOURNAL, Can.USE_ADMIN}),
    Role.PROVINCE_LEADER: _LEADER,
    Role.VIEWER: frozenset({Can.SEE_FIGURES}),
    Role.ADMINISTRATOR: frozenset(
        _REPORTING | {Can.EDIT_TEAMS, Can.EDIT_AREAS, Can.MANAGE_USERS, Can.SEE_JOURNAL, Can.USE_ADMIN, Can.ADMINISTER}
    ),
}

# The levels of area at which a role may be posted.
ROLE_LEVELS: dict[Role, tuple[Level, ...]] = {
    Role.TEAM_MEMBER: (Level.VILLAGE,),
    Role.TEAM_LEADER: (Level.VILLAGE,),
    Role.WARD_OFFICIAL: (Level.WARD,),
    Role.WARD_LEADER: (Level.WARD,),
    Role.DISTRICT_STAFF: (Level.DISTRICT,),
    Role.DISTRICT_LEADER: (Level.DISTRICT,),
    Role.PROVINCE_STAFF: (Level.PROVINCE,),
    Role.PROVINCE_LEADER: (Level.PROVINCE,),
    Role.VIEWER: tuple(Level),
    Role.ADMINISTRATOR: (Level.COUNTRY, Level.PROVINCE),
}

# Which roles a role may hand out below its own area: never more than its own rights.
ROLE_GRANTS: dict[Role, tuple[Role, ...]] = {
    Role.WARD_OFFICIAL: (Role.TEAM_LEADER, Role.TEAM_MEMBER),
    Role.DISTRICT_STAFF: (Role.WARD_OFFICIAL, Role.WARD_LEADER, Role.TEAM_LEADER, Role.TEAM_MEMBER, Role.VIEWER),
    Role.PROVINCE_STAFF: (
        Role.DISTRICT_STAFF,
        Role.DISTRICT_LEADER,
        Role.WARD_OFFICIAL,
        Role.WARD_LEADER,
        Role.TEAM_LEADER,
        Role.TEAM_MEMBER,
        Role.VIEWER,
    ),
    Role.ADMINISTRATOR: tuple(Role),
}


# What concerns named persons of households: a superuser has it only while unlocked.
PERSONAL = frozenset({Can.SEE_PEOPLE, Can.RECORD_VISITS, Can.EDIT_PEOPLE, Can.EXPORT_PEOPLE, Can.FORGET_PEOPLE})


def grantable_roles(user) -> list[Role]:
    """The roles she may hand out somewhere, in the order of the table."""
    if user.is_superuser:
        return list(Role)
    granted = {role for posting in user.reach().postings for role in ROLE_GRANTS.get(Role(posting.role), ())}
    return [role for role in Role if role in granted]


def can_grant(user, role: str, area) -> bool:
    """One hands out a role only at its level, in an area in force that lies below one's own (design §4)."""
    return area.is_open and area.level in ROLE_LEVELS[Role(role)] and is_above(user, role, area)


def is_above(user, role: str, area) -> bool:
    """Does a posting of hers stand above this role in this area?

    Administrators also manage the other roles at their own area, or a province could have no staff; an administrator
    is made by one of a higher area or by a superuser, never by a colleague.
    """
    reach = user.reach()
    if reach.is_superuser:
        return True
    return any(
        role in ROLE_GRANTS.get(Role(posting.role), ())
        and reach.posting_covers(
            posting, area, strictly=posting.role != Role.ADMINISTRATOR or role == Role.ADMINISTRATOR
        )
        for posting in reach.postings
    )


def can_manage(user, other) -> bool:
    """One manages or resets a user only if all that user's open postings lie below one's own (design §4).

    Of a user without an open posting the last one counts; one who never had any belongs to the whole country.
    """
    if other.pk == user.pk or other.is_superuser:
        return False
    postings = other.postings_that_count()
    if not postings:
        return user.reach().everywhere(Can.ADMINISTER)
    return all(is_above(user, posting.role, posting.area) for posting in postings)


def can_end(user, posting) -> bool:
    """One ends a posting that lies below one's own, though the person may have others elsewhere; never one's own."""
    if posting.user_id == user.pk or (posting.user.is_superuser and not user.is_superuser):
        return False
    return posting.is_current and is_above(user, posting.role, posting.area)
