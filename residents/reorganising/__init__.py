"""Sắp xếp đơn vị: read a plan, look at what it will do, carry it out. See docs/reorganisation.md."""

from .carrying import Outcome, carry_out, carry_out_due
from .files import read_plan_file
from .plan import Line, Plan, Target, plan_from_file, plan_from_raw
from .preview import Preview, preview

__all__ = [
    "Line",
    "Outcome",
    "Plan",
    "Preview",
    "Target",
    "carry_out",
    "carry_out_due",
    "plan_from_file",
    "plan_from_raw",
    "preview",
    "read_plan_file",
]
