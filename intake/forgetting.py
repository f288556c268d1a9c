"""A person or a household is forgotten: uploaded lists keep their rows, those about them are emptied."""

from __future__ import annotations

from residents.forgetting import Forgotten
from residents.models import FORGOTTEN

from .models import Upload, UploadRow, UploadSheet
from .tables import in_unicode

TEXTS = ("label", "told", "problems", "offers")
ROWS_AT_ONCE = 500


def forget_lists(forgotten: Forgotten) -> None:
    """Lists of households and visits brought in for the places where they lived. The rows are read one by one: a name
    alone that others bear too is not enough (`Traces.in_cells`)."""
    uploads = Upload.objects.filter(kind__in=(Upload.Kind.HOUSEHOLDS, Upload.Kind.VISITS), area__in=forgotten.areas)
    for upload in uploads.select_for_update(of=("self",)).order_by("pk"):
        emptied: set[int] = set()
        for sheet in upload.sheets.all():
            rows = _empty_rows(sheet, upload, forgotten)
            emptied |= rows if sheet.index == upload.sheet_index else set()
        _empty_staged(upload, forgotten, emptied)
        named = {name: getattr(upload, name) for name in ("file_name", "message")}
        told = {name: FORGOTTEN for name, text in named.items() if forgotten.traces.in_text(text)}
        if told:
            Upload.objects.filter(pk=upload.pk).update(**told)


def _empty_rows(kept: UploadSheet, upload: Upload, forgotten: Forgotten) -> set[int]:
    """The rows stay where they are, without their cells: those below them keep their numbers. Returns which."""
    sheet = kept.sheet()
    read = in_unicode(sheet, upload.encoding)
    about = {at for at, cells in enumerate(read.rows) if forgotten.traces.in_cells(cells)}
    if kept.index == upload.sheet_index:
        about |= _saved_as(upload, forgotten) & set(range(len(sheet.rows)))
    if not about:
        return about
    for at in about:
        sheet.rows[at] = [""] * len(sheet.rows[at])
    kept.content = UploadSheet.packed(sheet)
    kept.save(update_fields=["content"])
    return about


def _saved_as(upload: Upload, forgotten: Forgotten) -> set[int]:
    """The rows that became a household that is forgotten, whatever stands in them."""
    homes = [str(pk) for pk in forgotten.households]
    rows = upload.rows.filter(done__home__in=homes).values_list("number", "last") if homes else ()
    return {at for number, last in rows for at in range(number - 1, last)}


def _empty_staged(upload: Upload, forgotten: Forgotten, emptied: set[int]) -> None:
    changed = []
    for row in upload.rows.order_by("pk").iterator(2000):
        is_about = _is_about(row, forgotten, emptied)
        done = _without(row.done, forgotten) if row.done else row.done
        if is_about:
            row.label, row.told, row.problems, row.offers = FORGOTTEN, "", [], []
        if is_about or done != row.done:
            row.done = done
            changed.append(row)
    UploadRow.objects.bulk_update(changed, [*TEXTS, "done"], batch_size=ROWS_AT_ONCE)


def _is_about(row: UploadRow, forgotten: Forgotten, emptied: set[int]) -> bool:
    """Does it name them? Where its own cells were about them their name is enough, though others bear it."""
    if row.done and row.done.get("home") in forgotten.traces.ids:
        return True
    said = [row.label, row.told, *(str(part) for parts in (*row.problems, *row.offers) for part in parts)]
    if forgotten.traces.in_cells(said):
        return True
    is_of_them = not emptied.isdisjoint(range(row.number - 1, row.last))
    return is_of_them and any(forgotten.traces.in_text(text) for text in said)


def _without(done: dict, forgotten: Forgotten) -> dict:
    """What undoing would bring back, without what was known of them; the ids stay."""
    kept = dict(done)
    kept["people_were"] = {
        pk: were for pk, were in done.get("people_were", {}).items() if pk not in forgotten.traces.ids
    }
    texts = " ".join(str(value) for values in done.get("was", {}).values() for value in values)
    at_home = done.get("home") in {str(pk) for pk in forgotten.homes}
    if done.get("home") in forgotten.traces.ids or forgotten.traces.in_text(texts, at_home=at_home):
        kept["was"] = {}
    return kept
