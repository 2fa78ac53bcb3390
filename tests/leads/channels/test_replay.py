"""Nothing lost: mended, discarded, read again; a day that was read wrongly is put right."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.leads.channels.senders import Sender, define, ready
from tests.leads.office import Office

MOBILE, OTHER = "13812341234", "13900001111"
RIGHT = {"name": "who", "phone": "tel", "company_name": "firm", "external_id": "id"}
WRONG = {"name": "firm", "phone": "tel", "company_name": "who", "external_id": "id"}


async def replayed(office: Office, key: str = "acme") -> dict[str, Any]:
    """Read everything of a channel again, to the end."""
    now = datetime.now(UTC)
    asked = await office.olga.send(
        "POST",
        f"/channels/{key}/replay",
        {
            "received_from": (now - timedelta(days=1)).isoformat(),
            "received_before": (now + timedelta(days=1)).isoformat(),
            "why": "the mapping was wrong",
        },
    )
    assert asked.status_code == 201, asked.text
    await office.world.advance()
    shown = await office.olga.get(f"/channels/{key}/replays/{asked.json()['id']}")
    assert shown.json()["ended_at"]
    return shown.json()


def counts(replay: dict[str, Any]) -> dict[str, int]:
    names = ("captured", "corrected", "unchanged", "unreadable", "conflicting")
    return {name: replay[name] for name in names if replay[name]}


async def leads(office: Office) -> list[dict[str, Any]]:
    return await office.leads("name", "company_name", "phone", "touches")


async def test_what_could_not_be_read_is_taken_in_once_the_mapping_is_right(office: Office):
    sender = await ready(office, mapping={"name": "who", "phone": "who"})
    for number in range(3):
        await sender.send({"who": f"李{number}", "tel": f"1381234123{number}"})
    await define(office, mapping=RIGHT)

    replay = await replayed(office)

    assert (replay["total"], counts(replay)) == (3, {"captured": 3})
    assert [lead["name"] for lead in await leads(office)] == ["李0", "李1", "李2"]
    assert counts(await replayed(office)) == {"unchanged": 3}


async def test_a_day_that_was_read_wrongly_is_put_right_without_doubling(office: Office):
    sender = await ready(office, mapping=WRONG)
    await sender.send({"id": "1", "who": "李雷", "tel": MOBILE, "firm": "Acme"})
    await sender.send({"id": "2", "who": "韩梅梅", "tel": OTHER, "firm": "Beta"})
    await define(office, mapping=RIGHT)
    await sender.send({"id": "3", "who": "王工", "tel": "13700001111", "firm": "Gamma"})

    replay = await replayed(office)

    assert counts(replay) == {"corrected": 2, "unchanged": 1}
    assert [(lead["name"], lead["company_name"]) for lead in await leads(office)] == [
        ("李雷", "Acme"),
        ("韩梅梅", "Beta"),
        ("王工", "Gamma"),
    ]
    assert {lead["touches"] for lead in await leads(office)} == {1}
    assert counts(await replayed(office)) == {"unchanged": 3}


async def test_what_a_person_wrote_since_is_left_alone(office: Office):
    sender = await ready(office, mapping=WRONG)
    answer = await sender.send({"id": "1", "who": "李雷", "tel": MOBILE, "firm": "Acme"})
    submission = await office.olga.get(f"/submissions/{answer.json()['submission_id']}")
    lead_id = submission.json()["lead_id"]
    await office.olga.send(
        "PATCH", f"/leads/{lead_id}", {"company_name": "Acme 集团"}, headers={"If-Match": "*"}
    )
    await define(office, mapping=RIGHT)

    await replayed(office)

    lead = await office.olga.lead(UUID(lead_id))
    assert (lead["name"], lead["company_name"]) == ("李雷", "Acme 集团")


async def test_numbers_follow_a_correction(office: Office):
    sender = await ready(office, mapping={"name": "who", "mail": "mail"})
    first = await sender.send({"who": "李雷", "tel": MOBILE})
    await define(office, mapping={"name": "who", "phone": "tel"})
    await replayed(office)

    again = await office.olga.capture(phone=MOBILE)

    assert again.json()["duplicate"] is True
    [lead] = await leads(office)
    assert (lead["phone"], lead["touches"]) == (f"+86{MOBILE}", 2)
    assert first.status_code == 200


async def test_those_who_were_taken_for_one_become_leads_of_their_own(office: Office):
    sender = await ready(office, mapping={"name": "who", "mail": "ours"})
    for number in range(3):
        await sender.send(
            {"who": f"李{number}", "tel": f"1381234123{number}", "ours": "sales@acme.com"}
        )
    assert len(await leads(office)) == 1
    await define(office, mapping={"name": "who", "phone": "tel"})

    replay = await replayed(office)

    assert counts(replay) == {"corrected": 3}
    found = await leads(office)
    assert sorted(lead["phone"] for lead in found) == [f"+861381234123{n}" for n in range(3)]
    assert sorted(lead["name"] for lead in found) == ["李0", "李1", "李2"]
    assert counts(await replayed(office)) == {"unchanged": 3}


async def test_a_correction_that_would_take_another_s_number_is_left_and_counted(office: Office):
    sender = await ready(office, mapping={"name": "who"})
    await sender.send({"who": "李雷", "tel": MOBILE})
    await office.olga.captured(name="韩梅梅", phone=MOBILE)
    await define(office, mapping={"name": "who", "phone": "tel"})

    replay = await replayed(office)

    assert counts(replay) == {"conflicting": 1}
    assert [lead["phone"] for lead in await leads(office)] == [None, f"+86{MOBILE}"]


async def test_a_replay_goes_on_batch_by_batch(office: Office, monkeypatch: Any):
    monkeypatch.setattr("services.leads.handlers.channel.replay.BATCH", 2)
    sender = await ready(office, mapping={"phone": "who"})
    for number in range(5):
        await sender.send({"who": f"李{number}"})
    await define(office, mapping={"name": "who"})

    assert counts(await replayed(office)) == {"captured": 5}


async def test_what_comes_while_a_channel_is_off_is_kept_and_read_later(office: Office):
    sender = await ready(office, is_on=False)
    refused = await sender.send({"name": "李雷"})
    waiting = (await office.olga.get("/submissions", channel="acme")).json()["items"]
    await define(office, is_on=True)

    replay = await replayed(office)

    assert (refused.status_code, waiting[0]["problem"]["type"]) == (200, "channel-is-off")
    assert counts(replay) == {"captured": 1}


async def test_a_submission_is_read_again_by_itself(office: Office):
    sender = await ready(office, mapping={"phone": "who"})
    refused = await sender.send({"who": "李雷"})
    path = f"/submissions/{refused.json()['submission_id']}"
    still = await office.olga.send("POST", f"{path}/retry", {})
    await define(office, mapping={"name": "who"})

    retried = await office.olga.send("POST", f"{path}/retry", {})

    assert (still.status_code, retried.status_code) == (422, 201)
    assert (await office.olga.get(path)).json()["state"] == "accepted"


async def test_a_mended_submission_keeps_its_channel_and_is_not_read_again(office: Office):
    sender = await ready(office, mapping={"phone": "who"})
    refused = await sender.send({"who": "李雷"})
    path = f"/submissions/{refused.json()['submission_id']}"
    mended = await office.olga.send("POST", f"{path}/replay", {"name": "李雷"})

    lead = await office.olga.lead(UUID(mended.json()["id"]))

    assert lead["channel"] == "acme"
    await define(office, mapping={"name": "who"})
    now = datetime.now(UTC)
    nothing = await office.olga.send(
        "POST",
        "/channels/acme/replay",
        {
            "received_from": (now - timedelta(days=1)).isoformat(),
            "received_before": (now + timedelta(days=1)).isoformat(),
            "why": "x",
        },
    )
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/nothing-to-replay")


async def test_a_submission_is_discarded_for_a_reason(office: Office):
    sender = await ready(office)
    refused = await sender.send({"phone": "12"})
    path = f"/submissions/{refused.json()['submission_id']}"

    discarded = await office.olga.send("POST", f"{path}/discard", {"reason": "测试数据"})

    shown = (await office.olga.get(path)).json()
    assert discarded.status_code == 204
    assert (shown["state"], shown["discarded_for"]) == ("discarded", "测试数据")
    again = await office.olga.send("POST", f"{path}/replay", {"name": "李雷"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-discarded")
    assert isinstance(sender, Sender)


async def test_a_day_is_put_right_on_the_lead_that_goes_on_for_a_merged_one(office: Office):
    sender = await ready(office, mapping=WRONG)
    await sender.send({"id": "1", "who": "李雷", "tel": MOBILE, "firm": "Acme"})
    await sender.send({"id": "2", "who": "", "tel": OTHER, "firm": "Acme"})
    older, newer = [
        row["id"] for row in await office.rows("SELECT id FROM lead ORDER BY captured_at, id")
    ]
    merged = await office.olga.send(
        "POST", f"/leads/{older}/merge", {"other_id": str(newer), "why": "one person"}
    )
    assert merged.status_code == 200, merged.text
    await define(office, mapping=RIGHT)

    first, said = await replayed(office), await office.said()
    second = await replayed(office)

    survivor = await office.olga.lead(older)
    assert (survivor["name"], survivor["company_name"]) == ("李雷", "Acme")
    assert counts(first)["corrected"] == 2
    assert "captured" not in counts(second)
    assert await office.said() == said
    assert len(await office.rows("SELECT FROM lead")) == 2
    assert len(await office.rows("SELECT FROM touch")) == 2
