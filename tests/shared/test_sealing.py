"""What is sealed opens with our keys, in its place, and nowhere else."""

import json
import re
from pathlib import Path

import pytest

from shared.sealing import SealBroken, Sealer, new_key_set, with_new_key


def sealer(tmp_path: Path, *sets: dict[str, list[dict[str, str]]]) -> Sealer:
    path = tmp_path / "sealing.json"
    path.write_text(json.dumps({"keys": [key for each in sets for key in each["keys"]]}))
    return Sealer.load(path)


def test_what_is_sealed_opens_in_its_place_only(tmp_path: Path):
    ours = sealer(tmp_path, new_key_set())
    sealed = ours.seal(b"a secret", place="row 1")

    assert ours.open(sealed, place="row 1") == b"a secret"
    assert b"a secret" not in sealed
    with pytest.raises(SealBroken):
        ours.open(sealed, place="row 2")


def test_the_same_text_is_never_sealed_the_same_way(tmp_path: Path):
    ours = sealer(tmp_path, new_key_set())

    assert ours.seal(b"a", place="x") != ours.seal(b"a", place="x")


def test_a_changed_seal_does_not_open(tmp_path: Path):
    ours = sealer(tmp_path, new_key_set())
    sealed = bytearray(ours.seal(b"a secret", place="x"))
    sealed[-1] ^= 1

    with pytest.raises(SealBroken):
        ours.open(bytes(sealed), place="x")


def test_keys_are_replaced_while_the_old_one_still_opens(tmp_path: Path):
    old, new = new_key_set(), new_key_set()
    sealed = sealer(tmp_path, old).seal(b"a secret", place="x")

    both = sealer(tmp_path, new, old)

    assert both.open(sealed, place="x") == b"a secret"
    renewed = both.seal(b"a secret", place="x")
    assert sealer(tmp_path, new).open(renewed, place="x") == b"a secret"
    with pytest.raises(SealBroken, match="not among ours"):
        sealer(tmp_path, new).open(sealed, place="x")


def test_marks_stay_while_keys_that_seal_are_replaced(tmp_path: Path):
    first = new_key_set()
    before, after = sealer(tmp_path, first), sealer(tmp_path, with_new_key(first))

    sealed = after.seal(b"a secret", place="x")

    assert after.short_mark("a", place="x") == before.short_mark("a", place="x")
    assert after.mark_number(7) == before.mark_number(7) != 7
    assert after.open(sealed, place="x") == b"a secret"
    with pytest.raises(SealBroken, match="not among ours"):
        before.open(sealed, place="x")


def test_a_set_of_before_makes_marks_with_its_oldest_key(tmp_path: Path):
    old, new = new_key_set()["keys"][:1], new_key_set()["keys"][:1]

    both = sealer(tmp_path, {"keys": new}, {"keys": old})

    assert both.mark("a", place="x") == sealer(tmp_path, {"keys": old}).mark("a", place="x")


def test_short_marks_are_digits_that_sort_alike_everywhere(tmp_path: Path):
    mark = sealer(tmp_path, new_key_set()).short_mark("+8613812341234", place="phone")

    assert re.fullmatch("[0-9a-f]{32}", mark)


def test_a_mark_tells_texts_apart_and_is_of_its_place(tmp_path: Path):
    ours = sealer(tmp_path, new_key_set())

    assert ours.mark("a", place="x") == ours.mark("a", place="x")
    assert (
        len({ours.mark("a", place="x"), ours.mark("b", place="x"), ours.mark("a", place="y")}) == 3
    )
