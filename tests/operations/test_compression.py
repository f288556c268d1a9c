"""Text goes compressed to whoever takes it; what is packed already goes as it is."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpRequest, HttpResponse

from cnscd.compression import CompressionMiddleware


def sent(content: bytes, kind: str, accepts: str = "gzip, br") -> HttpResponse:
    request = HttpRequest()
    request.META = {"HTTP_ACCEPT_ENCODING": accepts}
    return CompressionMiddleware(lambda _: HttpResponse(content, content_type=kind))(request)


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "text/csv"])
def test_text_goes_compressed(kind):
    page = "Tổ công nghệ số cộng đồng ".encode() * 100
    response = sent(page, kind)
    assert gzip.decompress(response.content) == page
    assert len(response.content) < len(page) / 4
    assert response["Vary"] == "Accept-Encoding"


def test_a_workbook_goes_as_it_is():
    response = sent(b"PK" * 1000, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    assert (response.content, response.has_header("Content-Encoding")) == (b"PK" * 1000, False)


def test_who_cannot_unpack_gets_it_plain():
    assert sent(b"a" * 1000, "text/html", accepts="").content == b"a" * 1000


@pytest.mark.django_db
def test_a_page_through_the_whole_stack(client):
    response = client.get("/tai-khoan/dang-nhap/", headers={"accept-encoding": "gzip"})
    assert "Đăng nhập" in gzip.decompress(response.content).decode()
