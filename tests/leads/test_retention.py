"""What senders sent is kept for as long as policy says; that it came is known for ever."""

from datetime import timedelta

from tests.leads.channels.senders import ready
from tests.leads.office import Office

DAY = timedelta(days=1)
SAID = {"name": "李雷", "phone": "13812341234", "external_id": "1"}


async def keep_for(office: Office, days: float) -> None:
    """Put a policy in force."""
    draft = await office.olga.send(
        "POST",
        "/configurations/retention",
        {"body": {"submissions_days": days}, "why": "The law"},
    )
    path = f"/configurations/retention/{draft.json()['version']}/state"
    for state in ("checked", "activated"):
        await office.olga.send("PUT", path, {"state": state})


async def test_what_was_sent_long_ago_is_let_go_of_and_still_recognised(office: Office):
    sender = await ready(office)
    submission_id = (await sender.send(SAID)).json()["submission_id"]
    await keep_for(office, 30)

    await office.world.advance(29 * DAY)
    early = (await office.olga.get(f"/submissions/{submission_id}")).json()
    await office.world.advance(2 * DAY)
    late = (await office.olga.get(f"/submissions/{submission_id}")).json()
    again = await sender.send(SAID)

    assert "李雷" in early["body"]
    assert (late["body"], late["state"], late["lead_id"]) == ("", "accepted", early["lead_id"])
    assert late["emptied_at"] is not None
    assert again.json()["submission_id"] == submission_id
    assert len(await office.rows("SELECT FROM lead")) == 1
    audited = "SELECT subject_id FROM audit WHERE action = 'submission.emptied'"
    assert [str(row["subject_id"]) for row in await office.rows(audited)] == [submission_id]


async def test_what_waits_for_somebody_is_not_let_go_of(office: Office):
    sender = await ready(office)
    sent = await sender.send({"phone": "12"})
    await keep_for(office, 30)

    await office.world.advance(60 * DAY)

    kept = (await office.olga.get(f"/submissions/{sent.json()['submission_id']}")).json()
    assert kept["body"] == '{"phone":"12"}'


async def test_nothing_is_let_go_of_before_somebody_says_so(office: Office):
    sender = await ready(office)
    submission_id = (await sender.send(SAID)).json()["submission_id"]

    await office.world.advance(4000 * DAY)

    assert "李雷" in (await office.olga.get(f"/submissions/{submission_id}")).json()["body"]
