"""The door: who may come in, once only, and nothing is said to be done that is not."""

import asyncio
import contextlib
from uuid import uuid4

import httpx
import pytest

from shared import failpoints
from shared.db import EVERYTHING, Tx
from shared.web import idempotency
from tests.shared.web import toy as toys
from tests.shared.web.toy import Caller, Pause, Toy


async def written(toy: Toy) -> list[str]:
    return [row["text"] for row in await toy.fetch("SELECT text FROM toy_note ORDER BY text")]


async def test_a_command_is_done_and_says_where_its_result_is(toy: Toy, anna: Caller):
    answer = await anna.note("hello")

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/notes/{answer.json()['id']}"
    assert await written(toy) == ["hello"]


async def test_the_same_command_again_gets_the_same_answer_and_is_not_done_again(
    toy: Toy, anna: Caller
):
    first = await anna.note("hello", key="k1")
    again = await anna.note("hello", key="k1")

    assert again.status_code == 201
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    for header in ("ETag", "Location", "Content-Type"):
        assert again.headers[header] == first.headers[header]
    assert toys.runs == ["hello"]


async def test_the_same_command_twice_at_once_is_done_once(toy: Toy, anna: Caller):
    pause = toys.pauses["both"] = Pause()

    first = asyncio.create_task(anna.note("both", key="k1"))
    await pause.reached.wait()
    second = asyncio.create_task(anna.note("both", key="k1"))
    await asyncio.sleep(0)
    pause.go_on.set()
    answers = await asyncio.gather(first, second)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert toys.runs == ["both"]


async def test_a_command_that_takes_too_long_makes_its_twin_come_back_later(
    toy: Toy, anna: Caller, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(idempotency, "PATIENCE", "50ms")
    pause = toys.pauses["slow"] = Pause()
    first = asyncio.create_task(anna.note("slow", key="k1"))
    await pause.reached.wait()

    second = await anna.note("slow", key="k1")

    assert second.status_code == 409
    assert second.json()["type"] == "/problems/still-running"
    pause.go_on.set()
    assert (await first).status_code == 201
    assert (await anna.note("slow", key="k1")).headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("change", ["body", "space", "path", "if-match"])
async def test_a_key_is_good_for_one_request_only(toy: Toy, anna: Caller, change: str):
    note = (await anna.note("one")).json()
    other = (await anna.note("two")).json()
    path = f"/notes/{note['id']}/text"
    headers = {"If-Match": '"1"'}
    await anna.send(path, b'{"text":"new"}', "k1", "PUT", **headers)
    content, changed = b'{"text":"new"}', path
    match change:
        case "body":
            content = b'{"text":"newer"}'
        case "path":
            changed = f"/notes/{other['id']}/text"
        case "if-match":
            headers = {"If-Match": '"2"'}
        case _:
            content = b'{"text": "new"}'

    answer = await anna.send(changed, content, "k1", "PUT", **headers)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-key-reused"


async def test_keys_of_different_people_are_different_keys(toy: Toy, anna: Caller):
    ben = await toy.hire("seller")

    answers = [await anna.note("anna's", key="k1"), await ben.note("ben's", key="k1")]

    assert [answer.status_code for answer in answers] == [201, 201]


async def test_a_refusal_undoes_the_work_and_is_given_again(toy: Toy, anna: Caller):
    first = await anna.note("forbidden", key="k1")
    again = await anna.note("forbidden", key="k1")

    assert first.status_code == again.status_code == 409
    assert first.json()["type"] == "/problems/note-forbidden"
    assert first.json()["detail"] == "Nobody may write forbidden."
    assert first.json()["text"] == "forbidden"
    assert again.content == first.content
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert toys.runs == ["forbidden"]
    assert await written(toy) == []


async def test_a_refusal_and_its_twin_at_once_are_answered_alike(toy: Toy, anna: Caller):
    """A refusal lets go of the key before it is stored, so the twin may run; one of them stores it."""
    pause = toys.pauses["forbidden"] = Pause()
    twins = [asyncio.create_task(anna.note("forbidden", key="k1")) for _ in range(2)]
    await pause.reached.wait()
    pause.go_on.set()

    answers = await asyncio.gather(*twins)

    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].content == answers[1].content
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 1
    assert await written(toy) == []


async def test_a_twin_that_was_quicker_than_a_refusal_has_the_last_word(
    toy: Toy, anna: Caller, monkeypatch: pytest.MonkeyPatch
):
    await anna.note("hello", key="other")
    begin = Tx.begin

    async def begin_late(tx: Tx) -> None:
        if hasattr(tx, "entered"):
            monkeypatch.undo()
            await toy.fetch("DELETE FROM toy_note")
            assert (await anna.note("hello", key="k1")).status_code == 201
        await begin(tx)

    monkeypatch.setattr(Tx, "begin", begin_late)
    answer = await anna.note("hello", key="k1")

    assert answer.status_code == 201
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert await written(toy) == ["hello"]


async def test_a_refusal_that_could_not_be_stored_leaves_the_key_free(toy: Toy, anna: Caller):
    failpoints.plan("door.begun_again=raise")

    failed = await anna.note("forbidden", key="k1")
    again = await anna.note("forbidden", key="k1")

    assert [failed.status_code, again.status_code] == [500, 409]
    assert "Idempotency-Replayed" not in again.headers
    assert await written(toy) == []


async def test_a_violated_constraint_is_a_refusal(toy: Toy, anna: Caller):
    await anna.note("hello")

    twin = await anna.note("hello", key="k1")
    again = await anna.note("hello", key="k1")
    long = await anna.note("x" * 101)

    assert twin.status_code == again.status_code == 409
    assert twin.json()["type"] == "/problems/note-taken"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert long.json()["type"] == "/problems/note-too-long"


async def test_a_bug_leaves_nothing_behind_and_tells_nothing(toy: Toy, anna: Caller):
    answer = await anna.note("broken", key="k1")

    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-error"
    assert answer.json()["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert "secret" not in answer.text
    assert await written(toy) == []
    assert await toy.fetch("SELECT FROM idempotency") == []


async def test_a_commit_that_fails_is_no_success(toy: Toy, anna: Caller):
    answer = await anna.note("deferred", key="k1")

    assert answer.status_code == 409
    assert await written(toy) == []
    assert await toy.fetch("SELECT FROM idempotency") == []


async def test_a_failure_just_before_the_commit_is_no_success(toy: Toy, anna: Caller):
    failpoints.plan("door.before_commit=raise")

    answer = await anna.note("hello", key="k1")

    assert answer.status_code == 500
    assert await written(toy) == []
    assert (await anna.note("hello", key="k1")).status_code == 201


async def test_a_failure_just_after_the_commit_is_mended_by_trying_again(toy: Toy, anna: Caller):
    failpoints.plan("door.after_commit=raise")

    answer = await anna.note("hello", key="k1")
    again = await anna.note("hello", key="k1")

    assert answer.status_code == 500
    assert again.status_code == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert toys.runs == ["hello"]


async def test_a_caller_who_hangs_up_does_not_stop_the_command(toy: Toy, anna: Caller):
    pause = toys.pauses["hang up"] = Pause()
    caller = asyncio.create_task(anna.note("hang up", key="k1"))
    await pause.reached.wait()

    caller.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await caller
    pause.go_on.set()
    await toy.app.state.shared.drain()

    assert await written(toy) == ["hang up"]
    again = await anna.note("hang up", key="k1")
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_a_deadlock_is_tried_once_more(toy: Toy, anna: Caller):
    await toy_fails(toy, "40P01", times=1)

    answer = await anna.note("hello")

    assert answer.status_code == 201
    assert toys.runs == ["hello", "hello"]


async def test_a_road_that_stays_broken_is_503_and_leaves_nothing(toy: Toy, anna: Caller):
    await toy_fails(toy, "40P01", times=2)

    answer = await anna.note("hello", key="k1")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert await toy.fetch("SELECT FROM idempotency") == []
    assert (await anna.note("hello", key="k1")).status_code == 201


async def toy_fails(toy: Toy, sqlstate: str, *, times: int) -> None:
    """Let the next inserts of notes fail in the database itself."""
    owner = await toy.owner()
    await owner.execute(
        f"""
        CREATE SEQUENCE failures;
        GRANT USAGE ON SEQUENCE failures TO leads;
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('failures') <= {times} THEN
                RAISE EXCEPTION 'planned' USING ERRCODE = '{sqlstate}';
            END IF;
            RETURN new;
        END $$;
        CREATE TRIGGER fail BEFORE INSERT ON toy_note FOR EACH ROW EXECUTE FUNCTION fail();
        """
    )
    await owner.close()


async def test_a_full_outbox_keeps_commands_outside_but_not_readers(toy: Toy, anna: Caller):
    pressure = toy.app.state.shared.backpressure
    pressure.limit = 0
    async with toy.database.tx() as tx:
        await tx.execute(
            """
            INSERT INTO outbox (event_id, aggregate_type, aggregate_id, sequence, type,
                                headers, payload, occurred_at)
            VALUES ($1, 'note', $1, 1, 'note.written.v1', '{}', '', now())
            """,
            uuid4(),
        )

    answers = [await anna.note("hello"), await anna.get("/notes")]

    assert [answer.status_code for answer in answers] == [503, 200]


async def test_a_database_that_cannot_be_reached_is_503(toy: Toy, anna: Caller):
    await anna.get("/notes")
    await toy.database.close()

    answers = [await anna.note("hello"), await anna.get("/notes")]
    ready = await toy.api.get("/readyz")

    assert [answer.status_code for answer in answers] == [503, 503]
    assert answers[0].json()["type"] == "/problems/unavailable"
    assert ready.status_code == 503
    assert (await toy.api.get("/livez")).status_code == 200


@pytest.mark.parametrize(
    ("key", "slug"),
    [
        (None, "idempotency-key-missing"),
        ("x" * 256, "idempotency-key-malformed"),
        ("a b", "idempotency-key-malformed"),
    ],
    ids=["none", "too long", "not visible"],
)
async def test_a_command_needs_a_key_that_can_be_kept(
    toy: Toy, anna: Caller, key: str | None, slug: str
):
    answer = await anna.note("hello", key=key)

    assert answer.status_code == 400
    assert answer.json()["type"] == f"/problems/{slug}"
    assert toys.runs == []


async def test_old_keys_are_forgotten_and_young_ones_kept(toy: Toy, anna: Caller):
    await anna.note("old", key="old")
    await anna.note("young", key="young")
    async with toy.database.tx(scope=EVERYTHING) as tx:
        await tx.execute(
            "UPDATE idempotency SET created_at = created_at - interval '97 h' WHERE key = 'old'"
        )

    async with toy.database.tx() as tx:
        due = await idempotency.due_for_purge(tx, now=tx.now, limit=10)
        await idempotency.purge(tx, due, now=tx.now)

    assert [row["key"] for row in await toy.fetch("SELECT key FROM idempotency")] == ["young"]


async def test_secrets_are_answered_but_not_kept(toy: Toy):
    body = {"name": "hush", "on": "2026-03-02"}

    answer = await toy.api.post("/sign-ins", json=body)

    assert answer.json() == {"secret": "hush"}
    assert await toy.fetch("SELECT FROM idempotency") == []


async def test_a_trace_goes_on(toy: Toy, anna: Caller):
    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = f"00-{trace}-b7ad6b7169203331-01"

    answer = await anna.get("/notes", traceparent=parent)
    other = await anna.get("/notes", traceparent="nonsense")

    assert answer.headers["X-Correlation-Id"] == trace
    assert answer.headers["traceparent"].split("-")[1] == trace
    assert other.headers["X-Correlation-Id"] != trace


async def submit(anna: Caller, content: bytes) -> httpx.Response:
    return await anna.send("/submissions", content, None)


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"name":"x"}', b'{"name":"forbidden","on":"2026-03-02"}', b"\xff"],
    ids=["not JSON", "incomplete", "refused", "not text"],
)
async def test_a_bad_submission_is_kept_and_its_problem_names_it(
    toy: Toy, anna: Caller, content: bytes
):
    answer = await submit(anna, content)

    assert 400 <= answer.status_code < 500
    kept = await toy.fetch("SELECT id, raw FROM toy_submission")
    assert [(str(row["id"]), row["raw"]) for row in kept] == [
        (answer.json()["submission_id"], content)
    ]


async def test_the_same_submission_is_kept_once(toy: Toy, anna: Caller):
    good = b'{"name":"x","on":"2026-03-02"}'

    answers = [await submit(anna, good) for _ in range(2)]

    assert answers[0].content == answers[1].content
    assert len(await toy.fetch("SELECT FROM toy_submission")) == 1


async def test_a_file_goes_through_the_disk(toy: Toy, anna: Caller):
    content = b"line\n" * 400_000

    first = await anna.send("/files", content, "k1")
    again = await anna.send("/files", content, "k1")
    other = await anna.send("/files", content + b"x", "k1")
    large = await anna.send("/files", content * 2, "k2")

    assert first.json() == again.json() == {"size": 2_000_000, "lines": 400_000}
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert large.status_code == 413
