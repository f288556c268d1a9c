"""Preview a reorganisation from a file, carry it out, or carry out the planned ones that are due."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from residents.reorganising import carry_out, carry_out_due, plan_from_file, preview


class Command(BaseCommand):
    help = "Sắp xếp đơn vị hành chính theo một tệp CSV hoặc JSON (docs/reorganisation.md): xem trước, rồi thực hiện."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, metavar="TỆP")
        parser.add_argument("--carry-out", action="store_true", help="thực hiện; không có cờ này thì chỉ xem trước")
        parser.add_argument("--due", action="store_true", help="thực hiện các sắp xếp dự kiến đã đến ngày hiệu lực")

    def handle(self, *args, **options):
        if options["due"]:
            self._due()
        elif options["file"]:
            self._file(options["file"], options["carry_out"])
        else:
            raise CommandError("Cần một tệp, hoặc --due.")

    def _file(self, path: Path, is_meant: bool) -> None:
        now = timezone.now()
        try:
            plan = plan_from_file(path)
            self.stdout.write(f"{plan.title} ({plan.decree_number}), hiệu lực {plan.effective_on:%d/%m/%Y}")
            for line in preview(plan).lines():
                self.stdout.write(line)
            if not is_meant:
                self.stdout.write("Mới xem trước, chưa thay đổi gì. Thêm --carry-out để thực hiện.")
                return
            outcome = carry_out(plan, by=None, at=now, today=timezone.localdate(now))
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        if outcome.is_planned:
            self.stdout.write("Chưa đến ngày hiệu lực: đã ghi vào danh sách dự kiến.")
        else:
            self.stdout.write("Đã thực hiện.")

    def _due(self) -> None:
        now = timezone.now()
        done, failed = carry_out_due(by=None, at=now, today=timezone.localdate(now))
        for outcome in done:
            self.stdout.write(f"Đã thực hiện: {outcome.reorganisation}")
        for event, messages in failed.items():
            self.stderr.write(f"Chưa thực hiện được {event}:\n" + "\n".join(messages))
        if failed:
            raise CommandError(f"Còn {len(failed)} sắp xếp chưa thực hiện được.")
        if not done:
            self.stdout.write("Không có sắp xếp nào đến ngày.")
