"""Reading an uploaded workbook: the first sheet, from its row of headings on."""

from __future__ import annotations

import io
import zipfile

import openpyxl
from import_export.formats.base_formats import Format
from tablib import Dataset

MOST_ROWS = 20_000
MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 300 * 2**20
HEADINGS_WITHIN = 20


class Workbook(Format):
    """The one format of import-export here."""

    def __init__(self, encoding=None):
        """Workbooks say themselves how they are written."""

    def get_title(self):
        return "Excel (.xlsx)"

    def get_extension(self):
        return "xlsx"

    def can_import(self):
        return True

    def can_export(self):
        return True

    def create_dataset(self, in_stream: bytes) -> Dataset:
        """Rows with their numbers in the sheet (`sheet_rows`); blank rows are passed over. Raises ValueError."""
        with zipfile.ZipFile(io.BytesIO(in_stream)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise ValueError("too big when unpacked")
        book = openpyxl.load_workbook(io.BytesIO(in_stream), read_only=True, data_only=True)
        dataset, numbers = Dataset(), []
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            if dataset.headers is None:
                if sum(cell not in (None, "") for cell in cells) > 1:
                    dataset.headers = headings = _headings(cells)
                elif number > HEADINGS_WITHIN:
                    break
                continue
            row = [*cells[: len(headings)], *[None] * (len(headings) - len(cells))]
            if any(cell not in (None, "") for cell in row):
                dataset.append(row)
                numbers.append(number)
            if len(numbers) > MOST_ROWS:
                raise ValueError("too many rows")
        dataset.sheet_rows = numbers
        return dataset


def _headings(cells) -> list[str]:
    titles = [" ".join(str(cell).split()) if cell is not None else "" for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    return titles
