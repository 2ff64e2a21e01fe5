"""docs/workflow.md says what the program does."""

from pathlib import Path

from articles.models import Status
from workflow import roles
from workflow.transitions import TABLE, To

PAGE = (Path(__file__).parents[2] / "docs" / "workflow.md").read_text(encoding="utf-8")
DESTINATIONS = {
    To.FIRST_STAGE: "first stage",
    To.NEXT_STAGE: "next stage",
    To.FORMER: "former",
    To.SAME: "same",
}


def test_the_handbook_prints_the_table_of_transitions():
    for row in TABLE:
        sources = "any" if row.sources == tuple(Status) else ", ".join(row.sources)
        cells = [
            row.action.value,
            str(row.action.label),
            sources,
            row.to.value if isinstance(row.to, Status) else DESTINATIONS[row.to],
            row.right or "stage",
            *("yes" if fact else "" for fact in (row.note, row.second_person, row.complete)),
        ]
        line = "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"
        assert line in PAGE


def test_the_handbook_prints_no_step_that_does_not_exist():
    table = PAGE.split("## The table")[1].split("## Roles")[0]
    steps = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]

    assert sorted(steps[1:]) == sorted(row.action.value for row in TABLE)


def test_the_handbook_prints_the_rights_of_each_role():
    for role in roles.all_roles():
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| {role.name} "))
        rights = line.split("|")[2].strip()
        if role.rights:
            assert set(rights.split(", ")) == role.rights
        else:
            assert rights.startswith("none")
