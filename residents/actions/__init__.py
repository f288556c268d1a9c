"""The verbs that change households, their people, their streets and their visits."""

from .holidays import keep_holiday, load_known_holidays
from .households import (
    add_household,
    edit_household,
    household_returns,
    leave_household,
    move_household,
    next_code,
    set_head,
)
from .people import NewPerson, Why, add_resident, edit_resident, move_resident, resident_leaves
from .streets import add_street, put_in_order, remove_street, rename_street
from .visits import Answer, VisitFacts, record_visit, replace_visit, withdraw_visit

__all__ = [
    "Answer",
    "NewPerson",
    "VisitFacts",
    "Why",
    "add_household",
    "add_resident",
    "add_street",
    "edit_household",
    "edit_resident",
    "household_returns",
    "keep_holiday",
    "leave_household",
    "load_known_holidays",
    "move_household",
    "move_resident",
    "next_code",
    "put_in_order",
    "record_visit",
    "remove_street",
    "rename_street",
    "replace_visit",
    "resident_leaves",
    "set_head",
    "withdraw_visit",
]
