import asyncio
from datetime import timedelta

import pytest

from tests.opportunities.owners.house import House, Json

PASSWORD = "correct horse battery"


@pytest.fixture
async def anna(house: House) -> Json:
    """A seller with a password."""
    anna = await house.person("anna")
    path = f"/persons/{anna['id']}/password"
    answer = await house.ask(house.operator, "PUT", path, {"password": PASSWORD})
    assert answer.status_code == 204, answer.text
    return anna


async def attempt(house: House, username: str, password: str):
    """One try, by somebody nobody knows yet."""
    return await house.api.post("/sessions", json={"username": username, "password": password})


async def test_the_right_password_gives_a_token_for_eight_hours(house: House, anna: Json):
    session = (await attempt(house, "Anna ", PASSWORD)).json()

    me = await house.api.get("/me", headers={"Authorization": f"Bearer {session['access_token']}"})
    assert (session["expires_in"], session["token_type"]) == (8 * 3600, "Bearer")
    assert me.json()["id"] == anna["id"]


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(house: House, anna: Json):
    wrong = await attempt(house, "anna", "not it")
    unknown = await attempt(house, "nobody", "not it")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_after_five_failures_even_the_right_password_has_to_wait(house: House, anna: Json):
    for _ in range(5):
        await attempt(house, "anna", "not it")

    locked = await attempt(house, "anna", PASSWORD)
    await house.world.advance(timedelta(seconds=3))
    later = await attempt(house, "anna", PASSWORD)

    assert (locked.status_code, later.status_code) == (401, 201)


async def test_a_name_that_nobody_bears_is_locked_just_the_same(house: House):
    answers = [(await attempt(house, "nobody", "not it")).json() for _ in range(7)]

    assert [answer["retry_after"] for answer in answers] == [1, 1, 1, 1, 2, 2, 2]


async def test_many_guesses_at_once_are_looked_at_one_by_one(house: House, anna: Json):
    answers = await asyncio.gather(*(attempt(house, "anna", f"guess {n}") for n in range(12)))

    [row] = await house.rows("SELECT failures FROM sign_in_failure")
    assert {answer.status_code for answer in answers} == {401}
    assert row["failures"] <= 5


async def test_nobody_sets_the_password_of_a_colleague(house: House, anna: Json):
    ben = await house.person("ben")

    answer = await house.ask(
        ben["id"], "PUT", f"/persons/{anna['id']}/password", {"password": PASSWORD}
    )

    assert answer.status_code == 403


async def test_no_password_and_no_token_is_kept_in_the_clear(house: House, anna: Json):
    await attempt(house, "anna", PASSWORD)

    [row] = await house.rows("SELECT password_hash FROM credential")
    assert row["password_hash"].startswith("$argon2id$")
    assert await house.rows("SELECT 1 FROM idempotency WHERE scope ~ 'sessions|password'") == []
