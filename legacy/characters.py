"""What the repair knows of single characters: their GBK bytes, readings, forms and frequency.

The tables are made at the first question, from OpenCC, pypinyin and Python's own codecs.
"""

import functools
import re
import unicodedata

import opencc
from pypinyin.constants import PINYIN_DICT

HAN = r"㐀-䶿一-鿿豈-﫿"

# How readings are written in glosses, with the look-alikes that old fonts brought.
_LETTERS = "a-zāáǎàōóǒòēéěèêếềīíǐìūúǔùǖǘǚǜüńňǹḿɑɡăĭŏŭ"
SYLLABLE = f"[{_LETTERS}]{{1,7}}"
_LOOK_ALIKES = str.maketrans("ɑɡăĭŏŭ", "agǎǐǒǔ")

# Merged forms that spinners leave alone, for they know no context.
_UNTOUCHED = frozenset("里后干于余范制系愿并么")

_IS_HAN = re.compile(f"[{HAN}]")


def is_han(character: str) -> bool:
    """Whether it is a Chinese character of the basic plane."""
    return _IS_HAN.match(character) is not None


# Bytes


def pair(character: str) -> bytes | None:
    """The two bytes of a character in GBK, user-defined ones included; None if it has not two."""
    try:
        found = character.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return found if len(found) == 2 else None


def character(lead: int, trail: int) -> str | None:
    """The character of two bytes in GBK; None if there is none."""
    try:
        return bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return None


# Forms


def simplified(text: str) -> str:
    """A text in Simplified characters, each in the place of its Traditional one."""
    result = _to_simplified().convert(text)
    if len(result) == len(text):
        return result
    return "".join(_simplified_forms().get(one, one) for one in text)


def simplified_form(character: str) -> str:
    """What a single character is in Simplified writing, whatever stands beside it."""
    return _simplified_forms().get(character, character)


def is_traditional(character: str) -> bool:
    """Whether only Traditional writing has it. Spinners write 著 for 着 as well."""
    return character == "著" or character in _simplified_forms()


def is_standard(character: str) -> bool:
    """Whether it is the form that a conversion to Traditional writes."""
    return character == "著" or _written().get(simplified_form(character)) == character


def is_foreign(character: str) -> bool:
    """Whether a text in Traditional characters cannot have it: it is Simplified alone."""
    return character in _foreign()


def is_left_alone(character: str) -> bool:
    """Whether a conversion to Traditional leaves a Simplified character as it is."""
    return character in _UNTOUCHED or character not in _written()


def is_common(character: str) -> bool:
    """Whether its Simplified form is one of the 3,755 of the first level of GB 2312."""
    return simplified_form(character) in _first_level()


def is_known(character: str) -> bool:
    """Whether its Simplified form is in GB 2312 at all."""
    return _has("gb2312", simplified_form(character))


# Readings


def syllable(gloss: str) -> str:
    """A reading as dictionaries write it, from how a gloss writes it."""
    return gloss.strip().translate(_LOOK_ALIKES)


def is_toned(gloss: str) -> bool:
    """Whether a reading bears a tone mark."""
    return not gloss.isascii() and _toneless(gloss) != gloss


@functools.lru_cache(maxsize=8192)
def readings(character: str) -> frozenset[str]:
    """All readings of a character and of its Simplified form, with tones; light ones without."""
    return frozenset(
        reading
        for one in {character, simplified_form(character)}
        for reading in PINYIN_DICT.get(ord(one), "").split(",")
        if reading
    )


@functools.lru_cache(maxsize=8192)
def toneless_readings(character: str) -> frozenset[str]:
    """The same without tones; ü also as v and u."""
    plain = {_toneless(reading) for reading in readings(character)}
    return frozenset(one.replace("ü", letter) for one in plain for letter in "üvu")


def _toneless(reading: str) -> str:
    """A reading without its tone; the dots of ü stay."""
    letters = unicodedata.normalize("NFD", reading)
    kept = (one for one in letters if not unicodedata.combining(one) or one == "\u0308")
    return unicodedata.normalize("NFC", "".join(kept))


# Tables


@functools.cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@functools.cache
def _han_of_gbk() -> tuple[str, ...]:
    return tuple(
        one
        for lead in range(0x81, 0xFF)
        for trail in range(0x40, 0xFF)
        if (one := character(lead, trail)) and is_han(one)
    )


@functools.cache
def _simplified_forms() -> dict[str, str]:
    """Each Traditional character of GBK with its Simplified one."""
    known = _han_of_gbk()
    forms = zip(known, _to_simplified().convert("\n".join(known)).split("\n"), strict=True)
    return {one: form for one, form in forms if one != form}


@functools.cache
def _written() -> dict[str, str]:
    """Each character that a conversion to Traditional changes, with what it writes."""
    known = _han_of_gbk()
    forms = opencc.OpenCC("s2t").convert("\n".join(known)).split("\n")
    return {one: form for one, form in zip(known, forms, strict=True) if one != form}


@functools.cache
def _foreign() -> frozenset[str]:
    """What conversion changes and Big5, the set of Traditional writing, does not have."""
    return frozenset(one for one in _written() if not _has("big5", one)) - _UNTOUCHED


@functools.cache
def _first_level() -> frozenset[str]:
    rows = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    return frozenset("".join(row.decode("gb2312", "ignore") for row in rows))


def _has(codec: str, character: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
