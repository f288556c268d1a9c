"""`manage.py nightly`: what is done once a day, each step on its own; one that fails does not keep the others."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

from django.core.management import call_command
from django.utils import timezone

from field import tidying
from intake import receiving
from reports.drain import count_again, drain
from reports.models import Worker
from residents.reorganising import carry_out_due
from sheets.numbers import number_text

from .checkup import Finding

log = logging.getLogger(__name__)


def work(now: dt.datetime) -> Iterator[Finding]:
    """All steps in order, a finding of each; what went wrong is remembered for `manage.py doctor`."""
    wrong = []
    for name, step in STEPS.items():
        try:
            finding = step(now)
        except Exception as error:
            log.exception("Việc hằng đêm: %s", name)
            finding = Finding(False, f"{name}: {error}")
        if not finding.is_well:
            wrong.append(finding.text)
        yield finding
    note = " ".join(wrong)[: Worker._meta.get_field("note").max_length]
    Worker.objects.update_or_create(name=Worker.NIGHTLY, defaults={"beat_at": now, "note": note})


def reorganisations(now: dt.datetime) -> Finding:
    done, failed = carry_out_due(by=None, at=now, today=timezone.localdate(now))
    if failed:
        told = "; ".join(f"{event}: {' '.join(messages)}" for event, messages in failed.items())
        return Finding(False, f"Sắp xếp đơn vị: chưa thực hiện được {told}")
    return Finding(True, f"Sắp xếp đơn vị: {number_text(len(done))} việc đến ngày, đã thực hiện.")


def figures(now: dt.datetime) -> Finding:
    today = timezone.localdate(now)
    drain(today=today)
    counted = list(count_again(today=today))
    if wrong := [(period, number) for period, number in counted if number]:
        told = "; ".join(f"{period} lệch {number_text(number)} số" for period, number in wrong)
        return Finding(False, f"Số liệu: đếm lại thì {told}; số vừa đếm lại được giữ.")
    return Finding(True, f"Số liệu: đếm lại {number_text(len(counted))} kỳ, khớp.")


def receipts(now: dt.datetime) -> Finding:
    done = tidying.tidy(now)
    return Finding(True, f"Điện thoại: đã xóa {number_text(sum(done.values()))} biên nhận, mục quá 400 ngày.")


def lists(now: dt.datetime) -> Finding:
    receiving.tidy(now)
    return Finding(True, "Danh sách nhập: đã bỏ những gì hết hạn giữ.")


def sessions(now: dt.datetime) -> Finding:
    call_command("clearsessions", verbosity=0)
    return Finding(True, "Phiên đăng nhập: đã bỏ những phiên hết hạn.")


STEPS = {
    "Sắp xếp đơn vị": reorganisations,
    "Số liệu": figures,
    "Điện thoại": receipts,
    "Danh sách nhập": lists,
    "Phiên đăng nhập": sessions,
}
