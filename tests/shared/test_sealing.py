"""What is sealed opens with our keys, in its place, and nowhere else."""

import json
from pathlib import Path

import pytest

from shared.sealing import SealBroken, Sealer, new_key_set


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


def test_a_mark_tells_texts_apart_and_is_of_its_place(tmp_path: Path):
    ours = sealer(tmp_path, new_key_set())

    assert ours.mark("a", place="x") == ours.mark("a", place="x")
    assert (
        len({ours.mark("a", place="x"), ours.mark("b", place="x"), ours.mark("a", place="y")}) == 3
    )
