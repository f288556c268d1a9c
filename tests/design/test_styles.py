"""Style sheets, icons and modules: contrast, nothing missing, nothing large."""

import re
from itertools import pairwise
from pathlib import Path

import lucide
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

STATIC = Path(settings.BASE_DIR) / "static"
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (STATIC / "css" / "tokens.css").read_text("utf-8")))

ON_LIGHT = ["paper", "surface", "surface-2"]
TEXT = [(ink, ground) for ink in ("ink", "ink-2", "brand", "brand-dark", "bad", "good") for ground in ON_LIGHT]
TEXT += [("ink-3", "surface"), ("ink-3", "paper"), ("ink-3", "surface-2")]
TEXT += [(meaning, f"{meaning}-soft") for meaning in ("good", "warn", "bad")]
TEXT += [("brand-dark", "brand-soft"), ("ink", "brand-soft"), ("ink-2", "brand-soft"), ("ink", "gold")]
TEXT += [("on-brand", ground) for ground in ("brand", "brand-dark", "good", "bad")] + [("on-brand-2", "brand-dark")]
TEXT += [(f"series-{number}", "surface") for number in range(1, 6)]
SHAPES = [("line-strong", "surface"), ("line-strong", "paper"), ("focus", "surface"), ("focus", "paper")]
SHAPES += [("reached", "surface"), ("mark", "surface-2"), ("gold", "brand-dark")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_legible_on_its_ground(ink, ground):
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_borders_and_marks_are_seen_on_their_ground(shape, ground):
    assert contrast(shape, ground) >= 3


def test_the_five_classes_of_the_map_differ_in_grey():
    greys = [luminance(TOKENS[f"class-{number}"]) for number in range(1, 6)]
    assert greys == sorted(greys, reverse=True)
    assert all((light + 0.05) / (dark + 0.05) >= 1.4 for light, dark in pairwise(greys))


def test_colours_are_named_in_one_file_only():
    """Sheets for paper are black on white and stand apart."""
    for path in sorted((STATIC / "css").glob("*.css")):
        if path.name not in {"tokens.css", "print.css", "paper.css"}:
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)", path.read_text("utf-8")) == [], path.name


def test_every_variable_that_is_used_is_defined():
    texts = {path: path.read_text("utf-8") for path in (STATIC / "css").glob("*.css")}
    defined = {name for text in texts.values() for name in re.findall(r"(--[\w-]+):", text)}
    assert {name for text in texts.values() for name in re.findall(r"var\((--[\w-]+)", text)} <= defined


def test_every_file_that_a_style_sheet_names_is_served():
    for path in (STATIC / "css").glob("*.css"):
        for address in re.findall(r"url\(\"?([^\")]+)", path.read_text("utf-8")):
            named = (Path("css") / address).as_posix().replace("css/../", "")
            assert finders.find(named), named


def test_the_font_comes_from_its_package_and_is_not_copied():
    assert "site-packages" in finders.find("fonts/BeVietnamPro-Regular.ttf")
    assert list(STATIC.rglob("*.ttf")) == []


def test_every_icon_named_in_a_template_exists_and_carries_no_style():
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        for name in re.findall(r"{% lucide \"([\w-]+)\"", path.read_text("utf-8")):
            assert "style=" not in lucide._render_icon(name, 18), path


def test_modules_are_short_and_stay_away_from_eval_and_markup():
    for path in (STATIC / "js").rglob("*.js"):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) < 200, path.name
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\.style\b", text), path.name
