"""bin/messages check finds whatever keeps a Chinese page from being Chinese."""

from pathlib import Path
from typing import Any

import polib
import pytest

from tests.tooling.conftest import ROOT


@pytest.fixture
def script(tmp_path: Path) -> dict[str, Any]:
    """The names of the script, at work in a folder with two complete catalogs."""
    names: dict[str, Any] = {"__name__": "messages", "__file__": __file__}
    exec((ROOT / "bin/messages").read_text(encoding="utf-8"), names)  # noqa: S102
    names["ROOT"] = tmp_path
    (tmp_path / names["CATALOGS"]).mkdir(parents=True)
    for name in names["DOMAINS"]:
        catalog = polib.POFile()
        catalog.metadata = {"Content-Type": "text/plain; charset=utf-8"}
        catalog.append(polib.POEntry(msgid="Publish", msgstr="发布"))
        save(script=names, name=name, catalog=catalog)
    return names


def save(script: dict[str, Any], name: str, catalog: polib.POFile) -> None:
    path = script["ROOT"] / script["CATALOGS"] / f"{name}.po"
    catalog.save(str(path))
    catalog.save_as_mofile(str(path.with_suffix(".mo")))


def faults(script: dict[str, Any]) -> list[str]:
    return list(script["faults_of_catalog"]("django"))


def change(script: dict[str, Any], entry: polib.POEntry) -> None:
    path = script["ROOT"] / script["CATALOGS"] / "django.po"
    catalog = polib.pofile(str(path))
    catalog.append(entry)
    save(script, "django", catalog)


def test_a_complete_catalog_has_no_faults(script: dict[str, Any]) -> None:
    assert faults(script) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="Spike"), "django.po: not translated: 'Spike'"),
        (
            polib.POEntry(msgid="Spike", msgstr="废稿", flags=["fuzzy"]),
            "django.po: fuzzy: 'Spike'",
        ),
        (
            polib.POEntry(msgid="Spike", msgstr="废稿", obsolete=True),
            "django.po: no longer used: 'Spike'",
        ),
    ],
)
def test_a_missing_fuzzy_or_obsolete_entry_is_a_fault(
    script: dict[str, Any], entry: polib.POEntry, fault: str
) -> None:
    change(script, entry)

    assert faults(script) == [fault]


def test_a_catalog_compiled_from_another_text_is_a_fault(script: dict[str, Any]) -> None:
    path = script["ROOT"] / script["CATALOGS"] / "django.po"
    path.write_text(path.read_text(encoding="utf-8").replace("发布", "刊发"), encoding="utf-8")

    assert faults(script) == ["django.mo: not compiled from django.po as it stands"]


def test_a_string_that_was_never_extracted_is_a_fault(script: dict[str, Any]) -> None:
    fresh = polib.POFile()
    fresh.append(polib.POEntry(msgid="Publish"))
    fresh.append(polib.POEntry(msgid="Withdraw"))

    assert list(script["faults_of_extraction"]("django", fresh)) == [
        "django.po: not extracted: 'Withdraw'"
    ]


def test_a_string_that_is_no_longer_in_the_sources_is_a_fault(script: dict[str, Any]) -> None:
    assert list(script["faults_of_extraction"]("django", polib.POFile())) == [
        "django.po: no longer used: 'Publish'"
    ]
