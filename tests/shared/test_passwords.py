from shared import passwords


async def test_only_the_right_password_is_correct():
    stored = await passwords.hash_password("correct horse")

    assert await passwords.verify_password("correct horse", stored)
    assert not await passwords.verify_password("Correct horse", stored)
    assert stored.startswith("$argon2id$")
    assert not passwords.needs_rehash(stored)


async def test_without_a_stored_password_none_is_correct():
    assert not await passwords.verify_password("nobody's password", None)
    assert not await passwords.verify_password("x", "not a hash")


async def test_a_very_long_password_costs_nothing():
    assert not await passwords.verify_password("x" * 257, None)
