"""The examples of docs/api/parties.md, run from the first to the last."""

from tests.leads.office import Office
from tests.leads.test_guide import examples, filled

MADE = {"/customers": ["group_id", "plant_id"], "/contacts": ["contact_id"]}


async def test_the_guide_s_examples_are_answered_as_it_says(office: Office):
    made = {path: iter(names) for path, names in MADE.items()}
    known: dict[str, str] = {}

    for example in examples("parties.md"):
        path, body = filled(example.path, known), filled(example.body, known)
        answer = await office.olga.send(
            example.method, path, content=body.encode(), headers=example.headers
        )

        assert answer.status_code == example.status, (example, answer.text)
        if example.method == "POST":
            known[next(made[path])] = answer.json()["id"]
