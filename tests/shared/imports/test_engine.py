"""A file is worked through once, whatever happens on the way."""

import pytest

from shared.imports import engine
from shared.imports.ahead import BATCH
from tests.shared.imports.things import Workshop

FILE = b"id,name,price\n1,chair,20\n2,table,99\n"


def many(count: int, price: int = 1) -> bytes:
    lines = (f"{number},thing {number},{price}" for number in range(count))
    return ("id,name,price\n" + "\n".join(lines) + "\n").encode()


async def test_a_file_is_taken_in_and_counted(workshop: Workshop):
    done = await workshop.take_in(FILE)

    assert (done.state, done.rows, done.created, done.encoding) == ("done", 2, 2, "utf-8")
    assert await workshop.things() == {"1": ("chair", 20), "2": ("table", 99)}


async def test_the_same_file_twice_changes_nothing(workshop: Workshop):
    await workshop.take_in(FILE)

    again = await workshop.take_in(FILE)

    assert (again.unchanged, again.created, again.updated) == (2, 0, 0)
    assert await workshop.writes() == 2


async def test_a_dry_run_counts_and_leaves_nothing(workshop: Workshop):
    await workshop.take_in(FILE)
    changed = b"id,name,price\n1,chair,20\n2,table,98\n3,lamp,5\n4,sofa,x\n"

    rehearsed = await workshop.take_in(changed, dry_run=True)

    assert (rehearsed.unchanged, rehearsed.updated, rehearsed.created) == (1, 1, 1)
    assert rehearsed.rejected == 1
    assert await workshop.things() == {"1": ("chair", 20), "2": ("table", 99)}


async def test_a_dry_run_counts_like_the_real_one(workshop: Workshop):
    repeated = many(2500) + many(2500, price=2).split(b"\n", 1)[1]

    rehearsed = await workshop.take_in(repeated, dry_run=True)
    done = await workshop.take_in(repeated)

    assert (rehearsed.created, rehearsed.updated) == (2500, 2500)
    assert (done.created, done.updated) == (2500, 2500)


async def test_rows_that_do_not_fit_are_kept_and_the_others_go_on(workshop: Workshop):
    raw = b"id,name,price,made_on\n1,chair,x,\n2,table,1,2023-02-29\n3,,1,\n4,lamp,1,2024-02-29\n"

    done = await workshop.take_in(raw)

    assert (done.created, done.rejected) == (1, 3)
    assert await workshop.rejections(done.id) == [
        (2, "price", "Input should be a valid number, unable to parse string as a number"),
        (3, "made_on", "“2023-02-29” is not a date of the calendar"),
        (4, "name", "is missing"),
    ]


async def test_a_row_that_is_refused_does_not_hold_up_its_batch(workshop: Workshop):
    raw = many(40) + b"x,gold,2000000\n" + b"y,brass,1\n"

    done = await workshop.take_in(raw)

    assert (done.created, done.rejected) == (41, 1)
    assert await workshop.rejections(done.id) == [(42, "", "Nothing may cost 2000000.0.")]


async def test_rows_that_fail_for_no_reason_of_their_own_stop_the_file(workshop: Workshop):
    nothing_fits = b"id,name\n" + b"".join(b"%d,%s\n" % (n, b"x" * 200) for n in range(50))

    stopped = await workshop.take_in(nothing_fits)

    assert (stopped.state, stopped.rows) == ("refused", 0)
    assert stopped.problem is not None
    assert stopped.problem["type"] == "/problems/storage-failed"
    assert await workshop.things() == {}


async def test_two_rows_about_one_thing_take_effect_in_their_order(workshop: Workshop):
    done = await workshop.take_in(b"id,name\n1,old\n2,other\n1,new\n1,newest\n")

    assert (done.created, done.updated) == (2, 2)
    assert (await workshop.things())["1"] == ("newest", 0)


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        pytest.param(b"\x1f\x8b\x08\x00half", "unreadable-file", id="half a file"),
        pytest.param(b"id,id\n1,2\n", "columns-do-not-fit", id="duplicate headers"),
        pytest.param(b"number,title\n1,2\n", "columns-do-not-fit", id="a missing column"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_and_kept(
    workshop: Workshop, raw: bytes, slug: str
):
    refused = await workshop.take_in(raw)

    assert refused.state == "refused"
    assert refused.problem is not None
    assert refused.problem["type"] == f"/problems/{slug}"
    async with workshop.database.tx() as tx:
        kept = await tx.fetchval("SELECT bytes FROM import_chunk WHERE import_id = $1", refused.id)
    assert kept == raw


async def test_work_goes_on_behind_the_last_row_that_took_effect(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "WORK_FOR", 0.0)
    import_id = await workshop.send(many(2500))
    await workshop.step()
    await workshop.step_and_die()
    died = await workshop.look(import_id)

    successor = Workshop(workshop.database)
    while await successor.step():
        pass

    done = await workshop.look(import_id)
    assert (died.state, died.rows) == ("running", BATCH)
    assert (done.state, done.rows, done.created) == ("done", 2500, 2500)
    assert await workshop.writes() == 2500


async def test_a_worker_whose_transaction_was_lost_reads_again_from_the_cursor(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "WORK_FOR", 0.0)
    import_id = await workshop.send(many(2500))
    await workshop.step_and_die()

    while await workshop.step():
        pass

    assert (await workshop.look(import_id)).created == 2500


async def test_files_are_taken_in_one_after_another(workshop: Workshop):
    first = await workshop.send(FILE)
    second = await workshop.send(b"id,name,price\n1,stool,5\n")

    while await workshop.step():
        pass

    assert (await workshop.look(first)).created == 2
    assert (await workshop.look(second)).updated == 1


async def test_a_long_file_does_not_hold_up_a_short_one(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "WORK_FOR", 0.0)
    long = await workshop.send(b"id,name,price\n" + b"1,bad,x\n" * 5500)
    await workshop.step()
    short = await workshop.send(FILE)

    for _ in range(4):
        await workshop.step()

    assert (await workshop.look(short)).state == "done"
    assert (await workshop.look(long)).state == "running"


async def test_more_files_than_are_kept_open_take_turns(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "WORK_FOR", 0.0)
    monkeypatch.setattr(engine, "HELD_OPEN", 1)
    files = [await workshop.send(many(1500, price)) for price in (1, 2, 3)]

    while await workshop.step():
        pass

    assert [(await workshop.look(file)).rows for file in files] == [1500, 1500, 1500]
    assert await workshop.writes() >= 1500


async def test_imports_pause_while_kafka_is_far_behind(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.imports.store.MOST_WAITING_EVENTS", 0)
    import_id = await workshop.send(FILE)

    assert await workshop.step() == 0
    assert (await workshop.look(import_id)).state == "queued"
