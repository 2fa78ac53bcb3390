"""The examples of docs/api/channels.md, run from the first to the last."""

from pathlib import Path

from tests.leads.office import Office
from tests.leads.test_guide import examples

GUIDE = Path(__file__).parents[3] / "docs" / "api" / "channels.md"


async def test_the_guide_s_examples_are_answered_as_it_says(office: Office):
    shown = list(examples(GUIDE))
    assert len(shown) > 10

    for example in shown:
        answer = await office.olga.send(
            example.method, example.path, content=example.body.encode(), headers=example.headers
        )

        assert answer.status_code == example.status, (example, answer.text)

    await office.world.advance()
    [replay] = (await office.olga.get("/channels/acme/replays")).json()
    assert (replay["total"], replay["unchanged"], replay["unreadable"]) == (2, 1, 1)
