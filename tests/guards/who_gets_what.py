"""Who gets what: one row for every named URL outside the admin (there GatedAdmin answers for all models alike).

A new page gets its row here; what the columns mean is told by `Row`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# Pages without login, and why.
PUBLIC = {
    "accounts:sign_in": "The door itself: it shows nothing but the form.",
    "health": "A monitor asks it without an account; it tells that the parts work, and no data.",
    "field:shell": "The phone app's empty frame, kept by the phone: the same for everybody, nothing of a user in it.",
    "field:worker": "The script by which the phone keeps that frame; behind login it would keep the sign-in page.",
    "field:manifest": "Name, colours and icons of the phone app.",
    "sync:hello": "Answers a phone in JSON: not signed in is 401, never a redirect to a page (field/views/api.py).",
    "sync:push": "The same gate in JSON.",
    "sync:receipts": "The same gate in JSON.",
    "sync:discard": "The same gate in JSON.",
    "sync:changes": "The same gate in JSON.",
    "sync:practice": "The same gate in JSON.",
    "sync:root": "No address of the protocol: 404 in JSON, to whomever.",
    "sync:unknown": "Any other address under the protocol: 404 in JSON, to whomever.",
}


@dataclass(frozen=True)
class Row:
    """The status of the answers: to `who` about her own place, to her about another ward's, to `wrong_who` (of the
    same place, in a role that does not do this), and to somebody not signed in.

    `of` is the model of the argument `pk`, `more` those of other arguments and of names in `query`, by their labels;
    `place` and `other_place` are places of the marked world. Where the URL names no
    object there is no `other`. `also`: other queries of it, whose answers are looked through for what is not hers.
    """

    own: int = 200
    other: int | None = 404
    wrong: int = 403
    anonymous: int = 302
    of: str = ""
    who: str = "minh"
    wrong_who: str = "viewer"
    method: str = "get"
    query: str = ""
    also: tuple[str, ...] = ()
    place: str = "tl"
    other_place: str = "bc"
    more: dict[str, str] = field(default_factory=dict)


def post(own: int = 302, **row) -> Row:
    """A deed: sent, not looked at."""
    return Row(own=own, method="post", **row)


def personal(own: int = 200, **row) -> Row:
    """Of households and their people: another role of the same ward does not know that they exist."""
    return Row(own=own, **{"of": "residents.Household", "wrong": 404, "wrong_who": "leader", **row})


def of_team(own: int = 200, **row) -> Row:
    """Changing a team: its ward's leader sees the team and may not change it."""
    return Row(own=own, **{"of": "teams.Team", "wrong_who": "leader", **row})


def figures(own: int = 200, **row) -> Row:
    """Figures of the area that the address asks for."""
    return Row(own=own, **{"query": "?area={area}", "more": {"area": "areas.Area"}, "wrong_who": "nobody", **row})


TABLE: dict[str, Row] = {
    "home": Row(wrong=200),
    "health": Row(anonymous=200, wrong=200),
    # accounts
    "accounts:sign_in": Row(own=302, wrong=302, anonymous=200),
    "accounts:sign_out": post(wrong=302),
    "accounts:password_change": Row(wrong=200),
    "accounts:user_list": Row(wrong_who="lan"),
    "accounts:user_add": Row(wrong_who="lan"),
    "accounts:users_add_many": Row(wrong_who="lan"),
    "accounts:user_slip": Row(wrong_who="lan"),
    "accounts:user_detail": Row(of="accounts.User", wrong_who="lan", wrong=404),
    "accounts:user_change": Row(of="accounts.User", wrong_who="lan", wrong=404),
    "accounts:user_reset": post(of="accounts.User", wrong_who="lan", wrong=404),
    "accounts:user_deactivate": post(of="accounts.User", wrong_who="lan", wrong=404),
    "accounts:user_activate": post(of="accounts.User", wrong_who="lan", wrong=404),
    "accounts:posting_add": Row(of="accounts.User", wrong_who="lan", wrong=404),
    "accounts:posting_end": post(of="accounts.Posting", wrong_who="lan", wrong=404),
    "accounts:job_list": Row(wrong=200),
    "accounts:job_detail": Row(of="accounts.Job", place="hb", other_place="hc", wrong=404),
    "accounts:job_file": Row(of="accounts.Job", place="hb", other_place="hc", wrong=404),
    "accounts:job_remove": post(of="accounts.Job", place="hb", other_place="hc", wrong=404),
    "accounts:unlock": Row(who="root", wrong_who="an"),
    "accounts:lock_again": post(who="root", wrong_who="an"),
    "journal:act_list": Row(wrong_who="lan"),
    # the phone's protocol: another method and what is not JSON are refused before anything is looked at
    "sync:hello": post(415, wrong=415, anonymous=415),
    "sync:push": post(415, wrong=415, anonymous=415),
    "sync:receipts": post(405, wrong=405, anonymous=405),
    "sync:discard": post(415, wrong=415, anonymous=415),
    "sync:changes": post(405, wrong=405, anonymous=405),
    "sync:practice": post(415, wrong=415, anonymous=415),
    "sync:root": Row(own=404, wrong=404, anonymous=404),
    "field:shell": Row(wrong=200, anonymous=200),
    "field:worker": Row(wrong=200, anonymous=200),
    "field:manifest": Row(wrong=200, anonymous=200),
    "field:desk": Row(),
    "field:focus_index": Row(own=302),
    "field:focus": Row(of="areas.Area", place="hb", other_place="hc"),
    "field:practice_list": Row(wrong_who="lan"),
    "field:practice_open_all": post(wrong_who="lan"),
    "field:practice_open": post(of="accounts.User", wrong_who="lan", wrong=404),
    "field:practice_close": post(of="accounts.User", wrong_who="lan", wrong=404),
    "field:item_decide": post(of="field.HeldItem", wrong=404),
    "field:device_revoke": post(of="field.Device", wrong=404),
    "field:device_allow": post(of="field.Device", wrong=404),
    "field:device_settle": post(of="field.Device", wrong=404),
    "sync:unknown": Row(own=404, wrong=404, anonymous=404),
    # areas
    "areas:area_list": Row(wrong_who="nobody"),
    "areas:area_detail": Row(of="areas.Area", wrong_who="nobody", wrong=404),
    "areas:area_edit": Row(of="areas.Area"),
    "areas:village_add": Row(of="areas.Area", place="hb", other_place="hc"),
    "areas:villages_paste": Row(of="areas.Area", place="hb", other_place="hc"),
    "areas:village_close": Row(of="areas.Area"),
    "areas:office_edit": Row(of="areas.Area", place="hb", other_place="hc"),
    "areas:office_list": Row(),
    "areas:pending_list": Row(),
    "areas:reorganisation_list": Row(wrong_who="nobody"),
    "areas:reorganisation_detail": Row(of="areas.Reorganisation", wrong_who="nobody", wrong=404),
    # teams
    "teams:team_list": Row(),
    "teams:team_add": Row(wrong_who="leader"),
    "teams:team_detail": Row(of="teams.Team", wrong=404),
    "teams:team_edit": of_team(),
    "teams:team_dissolve": of_team(),
    "teams:team_move": of_team(),
    "teams:team_reopen": of_team(302),  # at work: nothing to reopen
    "teams:team_villages": of_team(),
    "teams:decision_add": of_team(),
    "teams:decision_edit": of_team(of="teams.Decision"),
    "teams:member_add": of_team(),
    "teams:members_paste": of_team(),
    "teams:member_edit": of_team(of="teams.Member"),
    "teams:member_leave": of_team(of="teams.Member"),
    # residents; an answer sent without a value is refused, what was not answered cannot be taken back
    "residents:household_list": Row(),
    "residents:household_add": Row(),
    "residents:household_detail": personal(),
    "residents:household_edit": personal(),
    "residents:household_move": personal(),
    "residents:household_leave": personal(),
    "residents:household_return": personal(),
    "residents:household_history": personal(),
    "residents:resident_add": personal(),
    "residents:resident_edit": personal(),
    "residents:resident_leave": personal(),
    "residents:resident_head": personal(302, method="post"),
    "residents:household_forget": personal(),
    "residents:resident_forget": personal(),
    "residents:answer_retract": personal(404, method="post"),
    "residents:answer_all": personal(302, method="post"),
    "residents:answer_set": personal(400, method="post"),
    "residents:answer_history": personal(),
    "residents:visit_list": Row(),
    "residents:visit_add": personal(),
    "residents:visit_add_elsewhere": Row(),
    "residents:visit_detail": personal(of="residents.Visit"),
    "residents:visit_edit": personal(of="residents.Visit"),
    "residents:visit_withdraw": personal(of="residents.Visit"),
    "residents:paper": Row(),
    "residents:paper_list": personal(of=""),
    "residents:grid": personal(of=""),
    "residents:street_index": Row(),
    "residents:street_list": personal(of=""),
    "residents:walking_order": personal(of=""),
    "residents:street_edit": personal(of="residents.Street"),
    "residents:street_remove": personal(302, of="residents.Street", method="post"),
    # intake
    "intake:upload_list": Row(),
    "intake:upload_add": Row(query="?loai=households"),
    "intake:upload_detail": personal(of="intake.Upload"),
    "intake:upload_columns": personal(of="intake.Upload"),
    "intake:upload_places": personal(302, of="intake.Upload", method="post"),
    "intake:upload_choose": personal(302, of="intake.Upload", method="post"),
    "intake:upload_save": personal(302, of="intake.Upload", method="post"),
    "intake:upload_undo": personal(302, of="intake.Upload", method="post"),
    "intake:upload_again": personal(302, of="intake.Upload", method="post"),
    "intake:upload_marked": personal(of="intake.Upload"),
    "intake:blank": Row(query="?loai=households"),
    "intake:list_export": Row(
        query="?loai=households", also=("?loai=visits", "?loai=teams", "?loai=villages", "?loai=accounts")
    ),
    "intake:duplicate_list": Row(),
    "intake:duplicate_merge": personal(302, more={"other": "residents.Household"}, method="post"),
    "intake:duplicate_apart": personal(302, more={"other": "residents.Household"}, method="post"),
    "intake:duplicate_undo": personal(302, method="post"),
    "intake:duplicate_people": Row(),
    "intake:person_merge": personal(302, of="residents.Resident", more={"other": "residents.Resident"}, method="post"),
    "intake:person_apart": personal(302, of="residents.Resident", more={"other": "residents.Resident"}, method="post"),
    "intake:person_undo": personal(302, of="residents.Resident", method="post"),
    "intake:upload_discard": personal(302, of="intake.Upload", method="post"),
    # reports
    "reports:coverage": figures(),
    "reports:coverage_missing": figures(query="?area={area}&indicator=vneid2", wrong_who="leader"),
    "reports:not_reached": Row(of="areas.Area", place="hb", other_place="hc", wrong_who="leader"),
    "reports:activity": figures(),
    "reports:teams_report": figures(),
    "reports:growth": figures(),
    "reports:why": figures(),
    "reports:target_list": figures(),
    "reports:target_gap": figures(query="?area={area}&indicator=vneid2", wrong_who="leader"),
    "reports:target_edit": Row(of="areas.Area", place="hb", other_place="hc"),
    "reports:monthly": figures(place="hb", other_place="hc", wrong_who="viewer"),
    "reports:remarks_edit": post(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_act": post(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_attach": post(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_explain": post(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_version": Row(of="areas.Area", place="hb", other_place="hc", wrong_who="nobody", wrong=404),
    "reports:report_late": Row(of="areas.Area", place="hb", other_place="hc", wrong_who="nobody", wrong=404),
    "reports:cockpit": figures(place="hb", other_place="hc"),
    "reports:village_confirm": post(of="areas.Area", wrong_who="viewer"),
    "reports:report_document": Row(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_workbook": Row(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_print": Row(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_message": Row(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_templates": Row(of="areas.Area", place="hb", other_place="hc"),
    "reports:report_template_file": Row(
        of="areas.Area", place="hb", other_place="hc", wrong=404, more={"template_pk": "reports.ReportTemplate"}
    ),
    "reports:template_list": Row(),
    "reports:template_add": Row(),
    "reports:template_detail": Row(of="reports.ReportTemplate", place="hb", other_place="hc", wrong=404),
    "reports:template_bind": post(of="reports.ReportTemplate", place="hb", other_place="hc", wrong=404),
    "reports:template_retire": post(of="reports.ReportTemplate", place="hb", other_place="hc", wrong=404),
    "reports:template_file": Row(of="reports.ReportTemplate", place="hb", other_place="hc", wrong=404),
    "reports:registers_list": Row(of="areas.Area", place="hb", other_place="hc", wrong_who="nobody", wrong=404),
    "reports:register_mark": post(of="areas.Area"),
    "reports:stated_list": Row(wrong_who="nobody"),
    "reports:stated_new": figures(302, query="?dia-ban={area}", place="hb", other_place="hc", wrong=404),
    "reports:stated_edit": Row(of="areas.Area", place="hb", other_place="hc"),
}
