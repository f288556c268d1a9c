"""Prints who may do what with a report, as docs/signing.md: `manage.py signing_rules > docs/signing.md`."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from reports.models import MonthlyReport
from reports.signing.deadlines import FILING_DAY, USUAL
from reports.signing.rules import TABLE

HEAD = """\
# Chu trình báo cáo: xác nhận, trình, duyệt, gửi

Bảng này in từ `reports/signing/rules.py` bằng `manage.py signing_rules > docs/signing.md`; không sửa tay.

Thôn, tổ dân phố xác nhận số liệu bằng một lần bấm; phường, xã xác nhận thay thì ghi rõ nguồn. Cơ quan (phường, xã;
quận, huyện đến 30/6/2025; tỉnh, thành phố) lập, trình, lãnh đạo duyệt rồi gửi cấp trên. Cấp trên tiếp nhận hoặc đề
nghị giải trình, không duyệt thay. Người trình không tự duyệt.

## Ai làm gì, lúc nào
"""
FOOT = """\
## Bản đóng băng

Khi **trình**, số liệu của cơ quan và các đơn vị ngay bên dưới, tên gọi, bản đồ, định nghĩa tiêu chí, chỉ tiêu, xác nhận
của thôn, lời giải thích, phần đóng góp của từng hộ (dưới bí danh, chỉ ở cấp phường, xã), tệp Excel và văn bản .docx
được giữ lại nguyên byte: lãnh đạo duyệt đúng cái đã trình. Khi **duyệt**, bản này vào chuỗi SHA-256 chung; mỗi mã tính
trên toàn bộ nội dung và mã đứng trước. `manage.py frozen_reports` tìm mọi chỗ bị sửa, chèn, xóa.

Cơ quan cấp trên cộng số đã duyệt của đơn vị bên dưới; đơn vị chưa duyệt thì lấy số đang có, và báo cáo ghi rõ đã cộng
từ bản nào. Cột “kỳ trước” lấy từ bản mà chính cơ quan đã duyệt cho kỳ trước.

Ghi nhận đến sau khi trình vẫn được lưu. Trước khi duyệt: rút về, trình lại để tính cả, hoặc để sang kỳ sau. Sau khi
duyệt: xếp vào “Bổ sung sau chốt”; điện thoại được trả lời “đã nhận, ghi sau chốt”. Mở lại thành bản mới, bản cũ giữ
nguyên; trang của bản mới nêu số nào khác, vì sao.

Số, ngày văn bản, người ký và bản đã ký đến từ hệ thống văn bản, ghi vào sau. Chỉ khi có tệp bản đã ký, trang mới nói
“Đã ký”.
"""


class Command(BaseCommand):
    help = "In bảng chu trình báo cáo (docs/signing.md)."

    def handle(self, **options):
        self.stdout.write(signing_text(), ending="")


def signing_text() -> str:
    return "\n".join([HEAD, *rules_table(), "", *due_table(), "", FOOT])


def rules_table() -> list[str]:
    lines = ["| Việc | Ai | Khi báo cáo | Thành | Phải ghi |", "| --- | --- | --- | --- | --- |"]
    for rule in TABLE:
        states = "; ".join(state.label.lower() for state in map(MonthlyReport.State, rule.states))
        to = rule.to.label.lower() if rule.to else "như cũ"
        lines.append(f"| {rule.action.label} | {rule.who.value} | {states} | {to} | {rule.words or '–'} |")
    return lines


def due_table() -> list[str]:
    where = "Ngày làm việc sau ngày chốt; sửa được ở trang quản trị (“hạn nộp báo cáo”, có ngày áp dụng)."
    lines = ["## Hạn nộp", "", where, ""]
    lines += ["| Cấp | Ngày làm việc |", "| --- | ---: |"]
    lines += [f"| {level.label} | {days} |" for level, days in sorted(USUAL.items(), reverse=True)]
    return [*lines, "", f"Báo cáo Chính phủ: ngày {FILING_DAY} (Nghị định 09/2019/NĐ-CP, Điều 12)."]
