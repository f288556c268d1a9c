import random
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from sheets.text import clean_text, person_sort_key, place_sort_key, search_key

SYLLABLES = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạẩỡừ", min_size=1, max_size=6)
NAMES = st.lists(SYLLABLES, min_size=1, max_size=5).map(" ".join)


def test_one_line_of_text_is_trimmed_and_single_spaced():
    assert clean_text("  Nguyễn \t Văn\n An\u00a0 ") == "Nguyễn Văn An"


def test_nothing_is_an_empty_text():
    assert clean_text(None) == ""
    assert clean_text(" \n ", multiline=True) == ""


def test_text_of_several_lines_keeps_its_line_breaks():
    assert clean_text(" một \r\n\r\n hai\v ba  \n", multiline=True) == "một\n\nhai\nba"


def test_decomposed_text_is_composed():
    assert clean_text(unicodedata.normalize("NFD", "Đặng Thị Hoà")) == "Đặng Thị Hoà"


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060"])
def test_invisible_characters_are_removed(mark):
    assert clean_text(f"{mark}An{mark}h") == "Anh"


def test_a_mark_parted_from_its_letter_by_an_invisible_character_is_composed():
    assert clean_text("Hoa\u200b\u0300") == "Hoà"


@pytest.mark.parametrize("broken", ["\x00", "\x07", "\x1c", "\x1b", "\x9f", "\ud800", "\uffff", "\ufdd0"])
def test_control_and_broken_characters_are_refused(broken):
    with pytest.raises(ValidationError, match="ký tự điều khiển"):
        clean_text(f"An{broken}")


def test_too_long_a_text_is_refused_by_its_cleaned_length():
    assert clean_text("  abc  ", max_length=3) == "abc"
    with pytest.raises(ValidationError, match="nhiều nhất 3 ký tự") as refused:
        clean_text("abcd", max_length=3)
    assert refused.value.messages == ["Dài quá: nhiều nhất 3 ký tự (đang có 4)."]


@given(st.text(), st.booleans())
def test_cleaning_twice_changes_nothing_more(text, multiline):
    try:
        once = clean_text(text, multiline=multiline)
    except ValidationError:
        return
    assert clean_text(once, multiline=multiline) == once
    once.encode()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Đặng Thị Hoà", "ĐẶNG THỊ HÒA", "đặng-thị, hoà", "Ðặng  Thị Hòa"])
def test_a_name_is_found_without_tones_case_and_punctuation(name, form):
    assert search_key(unicodedata.normalize(form, name)) == "dang thi hoa"


def test_numbers_are_searched_with_their_words():
    assert search_key("Tổ 2A/4") == "to 2a 4"


@given(st.text(st.characters(), max_size=400))
def test_a_search_key_is_its_own_key_and_fits_its_column(text):
    key = search_key(text)
    assert search_key(key) == key
    assert len(key) <= 255
    key.encode()


PEOPLE = ["An", "Ánh", "Ân", "Bình", "Dương", "Đặng", "Yến"]
PEOPLE_BY_GIVEN_NAME = [
    "Trần Văn An",
    "Đặng An",
    "Lê Bình",
    "Nguyễn Bình",
    "Nguyễn An Bình",
    "Nguyễn Thị Bình",
    "Cao Yến",
]
TONES = ["ma", "mà", "mả", "mã", "má", "mạ", "man", "màn", "mang"]
PLACES = ["Thôn Đông", "Tổ 2", "Tổ 2A", "Tổ 2B", "Tổ 3", "Tổ 10", "Tổ 10A", "Tổ 100", "Tổ dân phố 1", "Xóm Mới"]


def shuffled(names):
    names = list(names)
    random.shuffle(names)
    return names


def test_people_stand_in_vietnamese_order():
    assert sorted(shuffled(PEOPLE), key=person_sort_key) == PEOPLE


def test_people_sort_by_given_then_family_then_middle_names():
    expected = ["Đặng An", "Trần Văn An", "Lê Bình", "Nguyễn Bình", "Nguyễn An Bình", "Nguyễn Thị Bình", "Cao Yến"]
    assert sorted(shuffled(PEOPLE_BY_GIVEN_NAME), key=person_sort_key) == expected


def test_tones_decide_between_words_of_the_same_letters():
    assert sorted(shuffled(TONES), key=place_sort_key) == TONES


def test_every_letter_has_its_place_in_the_alphabet():
    alphabet = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
    assert sorted(shuffled(alphabet), key=place_sort_key) == alphabet


def test_a_nickname_in_brackets_is_not_the_given_name():
    assert person_sort_key("Lê Văn Ba (Tư Râu)") > person_sort_key("Lê Văn Ba")
    assert person_sort_key("Lê Văn Ba (Tư Râu)") < person_sort_key("Lê Văn Bá")


def test_numbers_in_names_of_places_sort_by_value():
    assert sorted(shuffled(PLACES), key=place_sort_key) == PLACES
    assert place_sort_key("Tổ 02") == place_sort_key("Tổ 2")


def test_where_the_tone_is_typed_does_not_matter():
    assert person_sort_key("Hoà") == person_sort_key("Hòa") == person_sort_key(unicodedata.normalize("NFD", "HOÀ"))


@pytest.mark.parametrize("key", [person_sort_key, place_sort_key])
@given(text=st.text(st.characters(), max_size=400))
def test_sort_keys_are_digits_that_fit_their_column(key, text):
    result = key(text)
    assert len(result) <= 255
    assert result == "" or (result.isascii() and result.isdigit())


@given(NAMES, NAMES)
def test_only_spellings_of_one_name_share_a_sort_key(one, other):
    same = place_sort_key(one) == place_sort_key(other)
    assert same == (_letters_and_tones(one) == _letters_and_tones(other))


@given(SYLLABLES, NAMES)
def test_a_name_comes_before_the_longer_names_that_begin_with_it(first, rest):
    assert place_sort_key(first) < place_sort_key(f"{first} {rest}")


@pytest.mark.django_db
@pytest.mark.parametrize("collation", ["", '"C"', '"en-x-icu"', '"vi-x-icu"'])
def test_the_database_sorts_keys_as_python_does(collation):
    if collation and connection.vendor != "postgresql":
        pytest.skip("named collations are PostgreSQL's")
    keys = {person_sort_key(name) for name in PEOPLE + PEOPLE_BY_GIVEN_NAME}
    keys |= {place_sort_key(name) for name in PLACES + TONES}
    values = " UNION ALL ".join(["SELECT %s AS k"] * len(keys))
    order = f"k COLLATE {collation}" if collation else "k"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT k FROM ({values}) AS t ORDER BY {order}", shuffled(keys))
        assert [row[0] for row in cursor.fetchall()] == sorted(keys)


def _letters_and_tones(name):
    words = []
    for word in unicodedata.normalize("NFD", name).split():
        tones = [char for char in word if char in "\u0300\u0309\u0303\u0301\u0323"]
        words.append((unicodedata.normalize("NFC", "".join(char for char in word if char not in tones)), tones))
    return words
