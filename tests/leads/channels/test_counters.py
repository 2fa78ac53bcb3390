"""What came by a channel, and what went wrong."""

from tests.leads.channels.senders import Sender, ready
from tests.leads.office import Office

MOBILE = "13812341234"


async def test_a_channel_counts_what_came(office: Office):
    sender = await ready(office)
    await sender.send({"phone": MOBILE})
    await sender.send({"phone": MOBILE, "notes": "again"})
    await sender.send({"phone": MOBILE})
    await sender.send({"phone": "12"})
    await Sender(office, "acme", secret="somebody else's").send({"phone": MOBILE})

    shown = (await office.olga.get("/channels/acme")).json()

    counted = shown["counters"]
    assert counted.pop("since")
    assert counted.pop("last_success_at")
    assert counted == {
        "accepted": 2,
        "duplicates": 1,
        "quarantined": 1,
        "discarded": 0,
        "repeated": 1,
        "refused": 1,
    }
    assert {error["outcome"] for error in shown["last_errors"]} == {"quarantined", "refused"}


async def test_channels_are_listed_with_their_counters(office: Office):
    sender = await ready(office, "acme")
    await ready(office, "beta")
    await sender.send({"phone": MOBILE})

    listed = (await office.olga.get("/channels")).json()["items"]

    assert [(each["key"], each["counters"]["accepted"]) for each in listed] == [
        ("acme", 1),
        ("beta", 0),
    ]


async def test_sellers_do_not_see_channels(office: Office):
    await ready(office)

    assert (await office.anna.get("/channels/acme")).status_code == 403
    assert (await office.anna.get("/channels")).status_code == 403


async def test_every_change_is_a_version(office: Office):
    await ready(office)
    await ready(office, title="Acme, renamed")

    versions = (await office.olga.get("/configurations/channel:acme")).json()["items"]

    assert [version["state"] for version in versions] == ["activated", "superseded"]
