"""Write the monthly workbook of an area from the command line; an approved one as it was approved."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from areas.models import Area, Level
from reports import outputs, periods


class Command(BaseCommand):
    help = "Lập báo cáo tháng (.xlsx) của một địa bàn."

    def add_arguments(self, parser):
        parser.add_argument("--area", required=True, help="Mã đơn vị theo bản đồ của kỳ, ví dụ 20194; cả nước là VN.")
        parser.add_argument("--on", required=True, help="Tháng của kỳ, ví dụ 2026-11 (nhận cả 2026-Q4, 2026-H2, 2026).")
        parser.add_argument("--output", required=True, type=Path, help="Tệp .xlsx sẽ ghi.")
        parser.add_argument(
            "--level", choices=[level.name.lower() for level in Level], help="Khi mã trùng giữa các cấp."
        )

    def handle(self, *, area, on, output, level, **options):
        today = timezone.localdate()
        try:
            period = periods.parse(on)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if period.start_on > today:
            raise CommandError(f"{period} chưa bắt đầu.")
        area = self._area(area, level, period.as_of(today))
        report = self._report(area, period, today)
        try:
            output.write_bytes(outputs.workbook(area, period, report).content)
        except OSError as error:
            raise CommandError(f"Không ghi được tệp {output}: {error.strerror}.") from error
        self.stdout.write(f"Đã ghi báo cáo {period}, {report.area.name}: {output}")

    @staticmethod
    def _area(code, level, day) -> Area:
        found = list(Area.objects.by_code(code, day, Level[level.upper()] if level else None))
        if not found:
            raise CommandError(f"Không có đơn vị mang mã {code} vào ngày {day:%d/%m/%Y}.")
        if len(found) > 1:
            names = "; ".join(f"{area} (--level {Level(area.level).name.lower()})" for area in found)
            raise CommandError(f"Mã {code} có ở nhiều cấp: {names}.")
        return found[0]

    @staticmethod
    def _report(area, period, today):
        try:
            return outputs.tables_of(area, period, today=today)
        except ValueError as error:
            raise CommandError(str(error)) from error
