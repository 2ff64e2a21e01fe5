"""The editor's guide and its screens belong together."""

import re
from pathlib import Path

from workflow.transitions import TABLE

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "editor-guide.zh-hans.md").read_text(encoding="utf-8")
SCRIPT = (DOCS.parent / "bin" / "screens").read_text(encoding="utf-8")


def test_the_guide_shows_every_screen_and_no_other():
    shown = set(re.findall(r"screens/([\w-]+\.webp)", GUIDE))

    assert shown == {path.name for path in (DOCS / "screens").iterdir()}


def test_every_screen_is_taken_by_the_script():
    for path in (DOCS / "screens").iterdir():
        assert f'"{path.stem}"' in SCRIPT


def test_the_table_of_contents_leads_to_the_guide_s_own_headings():
    headings = re.findall(r"^##+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w-]", "", heading.replace(" ", "-")).lower() for heading in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= anchors


def test_the_guide_names_every_step_as_its_button_does():
    for row in TABLE:
        assert str(row.action.label) in GUIDE
