"""Charts: geometry, missing values, escaping, and nothing that the content-security policy would refuse."""

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils.translation import override

from reports.templatetags import charts
from tests.house.test_templates import inline


def drawn(tag: str, **context) -> str:
    with override("vi"):
        return Template("{% load charts %}{% " + tag + " %}").render(Context(context))


def tree(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{html}</div>")


def with_class(html: str, name: str) -> list[ElementTree.Element]:
    return [node for node in tree(html).iter() if name in node.get("class", "").split()]


EVIL = "<script>alert('Tổ')</script>"
DRAWINGS = {
    "bars": (
        "bar_chart rows title=title unit='%'",
        {"rows": [{"label": EVIL, "value": 0.5, "target": 0.8, "before": 0.4}]},
    ),
    "parts": ("stacked_bar rows title=title", {"rows": {"reached": 1, "not_reached": 2, "not_asked": 3, "missing": 4}}),
    "lines": (
        "line_chart rows periods title=title unit='%'",
        {"rows": [{"label": EVIL, "values": [0.1, None, 0.3]}], "periods": ["9/2026", "10/2026", EVIL]},
    ),
    "spark": ("spark rows title=title", {"rows": [1, None, 3]}),
    "map": (
        "tile_map rows title=title",
        {
            "rows": [
                {"label": EVIL, "lat": Decimal("16.05"), "lon": 108.2, "value": None},
                {"label": EVIL, "lat": None, "lon": None, "value": 1},
            ]
        },
    ),
    "coverage": ("coverage_bar 1 3 target=0.8 label=title", {}),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_well_formed_escaped_and_has_no_inline_script_or_style(name):
    tag, context = DRAWINGS[name]
    html = drawn(tag, title=EVIL, **context)
    assert inline(html) == []
    assert "<script" not in html
    assert "&lt;script" in html
    tree(html)


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_coordinate_has_a_decimal_comma(name):
    tag, context = DRAWINGS[name]
    for node in tree(drawn(tag, title="Tổ", **context)).iter():
        for key in ("x", "y", "x1", "x2", "y1", "y2", "width", "height", "cx", "cy", "viewBox", "d"):
            assert "," not in node.get(key, ""), (node.tag, key, node.get(key))


@pytest.mark.parametrize("name", ["parts", "lines", "spark", "map", "coverage"])
def test_a_picture_says_in_words_what_it_shows(name):
    tag, context = DRAWINGS[name]
    picture = next(
        node for node in tree(drawn(tag, title="Độ phủ", **context)).iter("svg") if node.get("role") == "img"
    )
    assert picture[0].tag == "title"
    assert "Độ phủ" in picture[0].text


def test_bars_are_as_long_as_their_share():
    html = drawn(
        "bar_chart rows title='Độ phủ' unit='%'", rows=[{"label": "Tà Lang", "value": Decimal("0.419"), "target": 0.8}]
    )
    (bar,) = with_class(html, "chart__bar")
    assert (bar.get("x"), bar.get("width")) == ("0%", "41.9%")
    (target,) = with_class(html, "chart__target")[:1]
    assert target.get("x1") == "80%"
    assert "41,9\u00a0%" in html
    assert "(chỉ tiêu 80\u00a0%)" in html


def test_a_missing_value_is_hatched_and_named_and_a_zero_is_not():
    html = drawn(
        "bar_chart rows title='Lượt'",
        rows=[{"label": "A", "value": None}, {"label": "B", "value": 0}, {"label": "C", "value": 4}],
    )
    assert html.count(charts.MISSING) == 1
    assert [bar.get("width") for bar in with_class(html, "chart__bar")] == ["0%", "100%"]
    assert len(re.findall(r"url\(#hatch-", html)) == 1


def test_more_than_a_hundred_per_cent_is_shown_past_a_line_at_a_hundred():
    html = drawn(
        "bar_chart rows title='Độ phủ' unit='%'", rows=[{"label": "A", "value": 1.25}, {"label": "B", "value": 1}]
    )
    assert [bar.get("width") for bar in with_class(html, "chart__bar")] == ["100%", "80%"]
    assert {line.get("x1") for line in with_class(html, "chart__full")} >= {"80%"}
    assert "125\u00a0%" in html


def test_a_fall_goes_left_of_zero():
    html = drawn("bar_chart rows title='Tăng'", rows=[{"label": "A", "value": -10}, {"label": "B", "value": 30}])
    assert [(bar.get("x"), bar.get("width")) for bar in with_class(html, "chart__bar")] == [
        ("0%", "25%"),
        ("25%", "75%"),
    ]


def test_no_rows_at_all_say_so():
    assert "Chưa có số liệu" in drawn("bar_chart rows title='Lượt'", rows=[])


def test_rows_may_be_objects():
    row = type("Row", (), {"label": "Giàn Bí", "value": 3})()
    assert "Giàn Bí" in drawn("bar_chart rows title='Lượt' unit='lượt'", rows=[row])


def test_the_parts_of_a_bar_follow_each_other_and_fill_it():
    html = drawn("stacked_bar parts title='VNeID'", parts={"reached": 5, "not_reached": 3, "not_asked": 2})
    pieces = with_class(html, "part--edge")
    assert [(piece.get("x"), piece.get("width")) for piece in pieces] == [("0%", "50%"), ("50%", "30%"), ("80%", "20%")]
    assert "Đã đạt: 5 người (50\u00a0%)" in html


def test_nothing_of_nothing_is_one_hatched_bar():
    html = drawn("stacked_bar parts title='VNeID'", parts={"reached": 0, "not_reached": 0})
    assert with_class(html, "part--edge") == []
    assert "Chưa có số liệu" in html


def test_a_line_is_not_joined_across_a_gap():
    html = drawn(
        "line_chart series periods title='Độ phủ' unit='%'",
        series=[{"label": "VNeID", "values": [0.2, 0.4, None, 0.5, None]}],
        periods=["7/2026", "8/2026", "9/2026", "10/2026", "11/2026"],
    )
    plot = next(tree(html).iter("svg"))
    assert len([node for node in plot.iter("line") if "series" in node.get("class", "").split()]) == 1
    assert len([node for node in plot.iter("path") if "series-mark" in node.get("class", "")]) == 3
    assert "50\u00a0%" in [node.text for node in plot.iter("text")]
    assert "kỳ chưa có số liệu" in html


def test_a_line_of_nothing_is_named_in_the_legend_and_nothing_at_all_is_told():
    lines = [{"label": "Hộ", "values": [None, None]}, {"label": "Người", "values": [1, 2]}]
    form = "line_chart series periods title='x'"
    assert "Hộ (chưa có số liệu)" in drawn(form, series=lines, periods=["1", "2"])
    html = drawn(form, series=lines[:1], periods=["1", "2"])
    assert "Các kỳ này chưa có số liệu để vẽ." in html
    assert "<svg" not in html


def test_values_at_the_ends_of_lines_do_not_overlap():
    lines = [{"end_y": 100}, {"end_y": 98}, {"end_y": 97}, {"end_y": 20}]
    charts._spread(lines)
    ys = sorted(line["end_y"] for line in lines)
    assert all(b - a >= 16 for a, b in pairwise(ys))


def test_five_lines_at_most():
    series = [{"label": f"Dòng {n}", "values": [n]} for n in range(1, 8)]
    html = drawn("line_chart series periods title='x'", series=series, periods=["1"])
    assert "Dòng 5" in html
    assert "Dòng 6" not in html


@pytest.mark.parametrize("count", range(1, 61))
def test_few_period_labels_on_a_phone_and_the_last_always(count):
    labels = charts._period_labels([str(n) for n in range(count)])
    assert labels[-1]["text"] == str(count - 1)
    assert not labels[-1]["more"]
    assert len([label for label in labels if not label["more"]]) <= 4
    assert len(labels) <= 9


@pytest.mark.parametrize(
    ("values", "unit", "ticks"),
    [
        ([], "", [0, 1, 2, 3, 4]),
        ([0, None], "", [0, 1, 2, 3, 4]),
        ([3], "", [0, 1, 2, 3]),
        ([130], "", [0, 50, 100, 150]),
        ([1], "%", [0, 0.25, 0.5, 0.75, 1]),
        ([1.2], "%", [0, 0.5, 1, 1.5]),
    ],
)
def test_the_scale_has_round_values_and_holds_the_highest(values, unit, ticks):
    top, found = charts.ticks_for(values, unit)
    assert found == ticks
    assert top == ticks[-1]


def test_a_spark_lifts_its_pen_over_a_gap():
    html = drawn("spark values title='Lượt'", values=[1, 2, None, 3])
    (path,) = with_class(html, "series")
    assert path.get("d") == "M2 21 L34 12 M98 3"
    assert "Lượt: từ 1 đến 3" in html


def test_a_spark_of_nothing_says_so():
    assert "Lượt: chưa có số liệu" in drawn("spark values title='Lượt'", values=[None, None])


def test_no_two_tiles_share_a_cell_and_north_is_up():
    points = [(16.0, 108.0)] * 30 + [(17.0, 108.0), (15.0, 109.0)]
    cells, columns, rows = charts.tile_cells(points)
    assert len(set(cells)) == len(points)
    assert cells[30][1] < cells[31][1]
    assert all(0 <= column < columns and 0 <= row < rows for column, row in cells)
    assert charts.tile_cells(points) == (cells, columns, rows)


@pytest.mark.parametrize(
    ("value", "number"), [(0, 1), (0.1999, 1), (0.2, 2), (0.6, 4), (0.7999, 4), (0.8, 5), (1.3, 5)]
)
def test_a_tile_has_the_class_of_its_value(value, number):
    html = drawn("tile_map tiles title='x'", tiles=[{"label": "Tà Lang", "lat": 16, "lon": 108, "value": value}])
    assert f"class--{number}" in html.split("</svg>")[0]


def test_an_area_without_coordinates_is_named():
    assert "Chưa có tọa độ: Tà Lang." in drawn(
        "tile_map tiles title='x'", tiles=[{"label": "Tà Lang", "lat": None, "lon": None, "value": 1}]
    )


@pytest.mark.parametrize(
    ("reached", "eligible", "says"),
    [
        (3, 4, "75\u00a0% (3/4)"),
        (0, 0, "không có đối tượng"),
        (None, None, "chưa có số liệu"),
        (9999, 10000, "99,9\u00a0% (9.999/10.000)"),
        (5, 4, "125\u00a0% (5/4)"),
    ],
)
def test_a_coverage_bar_says_its_figure(reached, eligible, says):
    html = drawn("coverage_bar reached eligible", reached=reached, eligible=eligible)
    assert says in html
    fill = with_class(html, "coverage-bar__fill")
    assert bool(fill) == (says[0].isdigit())
    assert all(float(bar.get("width").rstrip("%")) <= 100 for bar in fill)
