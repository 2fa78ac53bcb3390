"""The examples of docs/api/duplicates.md, run from the first to the last."""

from pathlib import Path

from tests.leads.office import Office
from tests.leads.test_duplicates import pairs, two
from tests.leads.test_guide import examples

GUIDE = Path(__file__).parents[2] / "docs" / "api" / "duplicates.md"


async def test_the_guide_s_examples_are_answered_as_it_says(office: Office):
    first, second = await two(office)
    [pair] = await pairs(office.olga)
    known = {
        "first_id": str(first),
        "second_id": str(second),
        "duplicate_id": pair["id"],
    }

    for example in examples(GUIDE):
        body = example.body
        for name, value in known.items():
            body = body.replace(f"{{{name}}}", value)
        path = example.path.format(**known)
        if example.method == "GET":
            answer = await office.olga.get(path)
        else:
            answer = await office.olga.send(example.method, path, content=body.encode())

        assert answer.status_code == example.status, (example, answer.text)
