"""Text typed in the fonts of before Unicode: recognised over a whole file, converted, never silently taken.

TCVN3 (fonts .VnTime, "B¸o c¸o") and VNI (fonts VNI-Times, "Baùo caùo") put Vietnamese letters on the places of Western
ones, so such a file is valid text that reads as rubbish. One word may be either ("cá" is "cỏ" in TCVN3); all words of a
file together are not.
"""

import re
import unicodedata
from collections.abc import Iterable

NAMES = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI"}

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_TCVN3_TABLE = str.maketrans(_TCVN3)

# The letter, and what VNI writes after it for its tones; then the letters that stand alone.
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_ROOF = {"á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323", "â": ""}
_VNI_BREVE = {"é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323", "ê": ""}
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_pairs() -> dict[str, str]:
    pairs = {}
    for letter in "aeouy":
        pairs |= {letter + mark: letter + tone for mark, tone in _VNI_TONES.items()}
    for horned, plain in (("ô", "ơ"), ("ö", "ư")):
        pairs |= {horned + mark: plain + tone for mark, tone in _VNI_TONES.items()}
    for letter in "aeo":
        pairs |= {letter + mark: letter + "\u0302" + tone for mark, tone in _VNI_ROOF.items()}
    pairs |= {"a" + mark: "a\u0306" + tone for mark, tone in _VNI_BREVE.items()}
    pairs |= _VNI_ALONE
    return {old: unicodedata.normalize("NFC", new) for old, new in pairs.items()}


_VNI = _vni_pairs()
_VNI_PAIR = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)), re.IGNORECASE)

_WORD = re.compile(r"[^\W\d_]+(?:[\u00a1-\u00b9\u00bb-\u00be\u00d7\u00f7\u00ad]+[^\W\d_]*)*|[\u00a1-\u00be][^\W\d_]*")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SYLLABLE = re.compile(
    "(?:b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x)?"
    "(?:iêu|oai|oay|oao|oeo|uây|uôi|uya|uyê|uyu|ươi|ươu|yêu|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|oo|ôi|ơi|"
    "ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|[aăâeêioôơuưy])"
    "(?:ch|c|m|ng|nh|n|p|t)?"
)


def convert(text: str, encoding: str) -> str:
    """The text in Unicode; `encoding` is a key of NAMES. What was no letter of that encoding is left as it is."""
    text = unicodedata.normalize("NFC", text)
    if encoding == "tcvn3":
        return text.translate(_TCVN3_TABLE)
    return _VNI_PAIR.sub(lambda match: _with_case(match[0], _VNI[match[0].lower()]), text)


def recognise(texts: Iterable[str]) -> str:
    """The old encoding in which these texts (of one file) were typed: "tcvn3", "vni", or "" for Unicode.

    Counts the words with letters beyond ASCII that are Vietnamese syllables under each reading.
    """
    words = [word for text in texts for word in _WORD.findall(unicodedata.normalize("NFC", text)) if not word.isascii()]
    if not words:
        return ""
    read = {
        "": sum(map(_is_syllable, words)),
        **{name: sum(_is_syllable(convert(word, name)) for word in words) for name in NAMES},
    }
    best = max(NAMES, key=lambda name: read[name])
    return best if read[best] > 2 * read[""] and read[best] * 2 > len(words) else ""


def _is_syllable(word: str) -> bool:
    """Could this be one Vietnamese syllable with one tone at most?"""
    marks = unicodedata.normalize("NFD", word.lower())
    if sum(mark in _TONES for mark in marks) > 1:
        return False
    toneless = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
    return _SYLLABLE.fullmatch(toneless) is not None


def _with_case(old: str, new: str) -> str:
    return new.upper() if old[0].isupper() else new
