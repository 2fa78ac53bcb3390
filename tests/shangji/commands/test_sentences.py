"""What cannot be done is said in one sentence, with an exit code, and never as a traceback."""

from pathlib import Path

import pytest

from tests.shangji.command import Shangji


@pytest.fixture
def shangji(tmp_path: Path) -> Shangji:
    """A home in which nothing runs."""
    return Shangji(tmp_path / "home")


@pytest.mark.parametrize(
    "words",
    [
        ("token", "operator"),
        ("report", "summary"),
        ("parked", "list"),
        ("replay", "leads"),
        ("verify",),
        ("demo", "load"),
        ("demo", "advance", "7d"),
        ("demo", "script"),
    ],
    ids=" ".join,
)
def test_without_a_stack_a_command_says_so(shangji: Shangji, words: tuple[str, ...]):
    code, said = shangji.run(*words)

    assert code == 1
    assert said.startswith("Shangji is not running")
    assert "shangji up" in said


def test_an_unknown_kind_of_file_is_a_mistake_in_the_command(shangji: Shangji):
    code, said = shangji.run("import", "dreams", "file.csv")

    assert code == 2
    assert "'dreams' is not one of 'leads', 'customers'" in said


def test_a_span_that_is_none_is_explained(shangji: Shangji):
    assert shangji.run("demo", "advance", "soon") == (
        1,
        "'soon' is not a span of time; say 30m, 36h, 7d or 2w.",
    )


def test_a_service_that_is_none_is_explained(shangji: Shangji):
    code, said = shangji.run("replay", "everything")

    assert code == 1
    assert said.startswith("'everything' is none of leads,")


def test_files_that_cannot_be_read_are_named_before_anything_is_sent(
    shangji: Shangji, tmp_path: Path
):
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\xff")
    file = tmp_path / "leads.csv"
    file.write_text("id,name\n")

    absent = shangji.run("import", "leads", str(tmp_path / "nothing.csv"))
    folder = shangji.run("import", "leads", str(tmp_path))
    mapping = shangji.run("import", "leads", str(file), "--mapping", str(tmp_path / "no.yaml"))
    broken = shangji.run("import", "leads", str(file), "--mapping", str(tmp_path / "bad.yaml"))

    assert absent == (1, f"{tmp_path / 'nothing.csv'} cannot be read: No such file or directory.")
    assert folder == (1, f"{tmp_path} is a directory; name the file in it.")
    assert mapping == (
        1,
        f"The mapping {tmp_path / 'no.yaml'} cannot be read: No such file or directory.",
    )
    assert broken == (1, f"The mapping {tmp_path / 'bad.yaml'} is not UTF-8 text.")
