"""Reading answers as somebody would who looks for what is not hers: bytes, headers, messages, workbooks, forms."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser


def everything_in(response) -> bytes:
    """Body (workbooks unzipped), headers, cookies and the messages waiting for the next page."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    parts = [body, str(dict(response.headers)).encode(), response.cookies.output().encode()]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts += [archive.read(name) for name in archive.namelist()]
    waiting = getattr(getattr(response, "wsgi_request", None), "_messages", None)
    if waiting is not None:
        parts += [str(message).encode() for message in waiting._queued_messages]
    return b"\n".join(parts)


@dataclass
class Form:
    method: str = "get"
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)

    def of(self, method: str) -> bool:
        return self.method == method


def forms_in(html: str) -> list[Form]:
    """The forms of a page with what a browser would send and what their lists offer."""
    reader = _FormReader()
    reader.feed(html)
    return reader.forms


class _FormReader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select = ""
        self.textarea = ""

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag == "form":
            self.form = Form((at.get("method") or "get").lower(), at.get("action") or "")
            self.forms.append(self.form)
        if self.form is None:
            return
        name, value = at.get("name") or "", at.get("value") or ""
        if tag == "select":
            self.select = name
            self.form.fields.setdefault(name, "")
        elif tag == "option" and self.select:
            self.form.options.setdefault(self.select, []).append(value)
            if "selected" in at or not self.form.fields[self.select]:
                self.form.fields[self.select] = value
        elif tag == "textarea" and name:
            self.textarea = name
            self.form.fields[name] = ""
        elif tag in {"input", "button"} and name and name != "csrfmiddlewaretoken":
            self._input(at.get("type") or "text", name, value, "checked" in at)

    def _input(self, kind: str, name: str, value: str, checked: bool) -> None:
        if kind in {"radio", "checkbox"}:
            self.form.options.setdefault(name, []).append(value or "on")
            if checked or kind == "radio":
                self.form.fields.setdefault(name, value or "on")
        else:
            self.form.fields.setdefault(name, value)

    def handle_data(self, data):
        if self.textarea and self.form:
            self.form.fields[self.textarea] += data.lstrip("\r\n")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""
