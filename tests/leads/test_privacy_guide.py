"""The examples of docs/api/privacy.md, run from the first to the last."""

from tests.leads.office import Office
from tests.leads.test_guide import examples, filled


async def test_the_guide_s_examples_are_answered_as_it_says(office: Office):
    lead_id = await office.anna.captured(
        name="李雷",
        phone="13812341234",
        mail="lilei@example.com",
        attributes={"wechat": "lilei_88"},
    )
    known = {"lead_id": str(lead_id)}

    for example in examples("privacy.md"):
        path, body = filled(example.path, known), filled(example.body, known)
        if example.method == "GET":
            answer = await office.olga.get(path)
        else:
            answer = await office.olga.send(
                example.method, path, content=body.encode(), headers=example.headers
            )

        assert answer.status_code == example.status, (example, answer.text)
        if example.path == "/erasures":
            known["erasure_id"] = answer.json()["id"]
            await office.world.advance()

    certificate = await office.olga.get(f"/erasures/{known['erasure_id']}")
    assert certificate.json()["finished_at"] is not None
