"""manage.py figures: count what is stale; again from scratch; or check everything against a plain recount."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from areas.models import Area, AreaLink
from reports import periods
from reports.drain import drain, keep_months
from reports.models import Period
from reports.verifying import differences
from residents import spells
from residents.models import Placement


class Command(BaseCommand):
    help = "Tính lại số liệu còn chờ (mặc định), tính lại toàn bộ (--all), hoặc đối chiếu (--verify)."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="tính lại toàn bộ từ sổ")
        parser.add_argument("--period", help="chỉ kỳ này: 2026-11, 2026-Q4, 2026-H2, 2026, 21/11/2026")
        parser.add_argument("--area", help="mã đơn vị (chỉ khi --verify): chỉ so đơn vị này và bên dưới")
        parser.add_argument("--verify", action="store_true", help="đếm lại theo cách thứ hai và báo mọi chênh lệch")
        parser.add_argument("--watch", action="store_true", help="chạy liên tục (như manage.py worker)")

    def handle(self, *, all, period, area, verify, watch, verbosity, **options):
        if watch:
            from django.core.management import call_command

            return call_command("worker", verbosity=verbosity)
        today = timezone.localdate()
        try:
            chosen = periods.parse(period) if period else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        if all:
            self._ask(chosen, today)
        told = self.stdout.write if verbosity > 1 else lambda line: None
        done = drain(today=today, told=told)
        if verbosity:
            self.stdout.write(
                f"Đã sắp lại {done.households} hộ, tính lại {len(done.areas)} địa bàn và {len(done.periods)} kỳ."
            )
        if verify:
            self._verify(chosen, area, today)

    def _ask(self, chosen: Period | None, today) -> None:
        if chosen:
            Period.objects.filter(pk=chosen.pk).update(counted_on=None)
            return
        spells.ask_all()
        Period.objects.update(counted_on=None)
        if first := Placement.objects.order_by("since").values_list("since", flat=True).first():
            keep_months(first, today)

    def _verify(self, chosen: Period | None, code: str | None, today) -> None:
        wanted = [chosen] if chosen else Period.objects.exclude(counted_on=None)
        areas = None
        if code:
            found = Area.objects.by_code(code, today)
            if not found:
                raise CommandError(f"Không có đơn vị mang mã {code} vào ngày {today:%d/%m/%Y}.")
            areas = set(AreaLink.objects.filter(ancestor__in=found).values_list("descendant", flat=True))
        found = 0
        for line in differences(today=today, periods=wanted, areas=areas):
            found += 1
            self.stdout.write(line)
        if found:
            raise CommandError(f"Có {found} chênh lệch.")
        self.stdout.write(f"Đối chiếu {len(wanted)} kỳ: khớp.")
