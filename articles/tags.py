"""Tags as people type them: names with a comma or enumeration mark between them."""

import re

from taggit.models import Tag

from articles.text import clean_line

# As typed on Chinese and Latin keyboards.
SEPARATORS = re.compile(r"[，、,；;\n]")
LONGEST = Tag._meta.get_field("name").max_length or 100  # characters


def from_text(text: str) -> tuple[str, ...]:
    """The tags in a typed line, each once, in typed order."""
    names = (clean_line(name) for name in SEPARATORS.split(text))
    return tuple(dict.fromkeys(name for name in names if name))


def as_text(names: tuple[str, ...] | list[str]) -> str:
    """A line that `from_text` reads back."""
    return "，".join(names)
