"""Templates of ad platforms, each with a submission written after the platform's documents."""

from typing import Any

import orjson
import pytest

from services.leads.domain.channel.definition import ChannelVersion
from services.leads.domain.channel.reading import Understood, reread
from services.leads.domain.channel.templates import TEMPLATES

MOBILE = "13812341234"


def linkedin(predefined: str, answer: str) -> dict[str, Any]:
    details = {"textQuestionAnswer": {"answer": answer}}
    return {"questionId": 1, "predefinedField": predefined, "answerDetails": details}


SAMPLES: dict[str, dict[str, Any]] = {
    "oceanengine": {
        "id": "7001",
        "name": "李雷",
        "telphone": MOBILE,
        "weixin": "wx1",
        "ad_name": "水泵-华东",
        "province_name": "江苏",
        "create_time": "1772415000",
        "external_url": "https://example.com/a",
        "req_id": "2026",
        "remark_dict": {"预算": "10万"},
    },
    "tencent": {
        "leads_id": 7002,
        "leads_name": "李雷",
        "leads_tel": MOBILE,
        "leads_area": "江苏",
        "leads_action_time": 1772415000,
        "click_id": "c1",
        "campaign_name": "水泵-华东",
        "bundle": {"预算": "10万"},
    },
    "baidu": {
        "clueId": "7003",
        "cluePhoneNumber": MOBILE,
        "area": "江苏",
        "commitTime": "2026-03-02 09:30:00",
        "searchWord": "水泵",
        "planName": "水泵-华东",
        "formDetail": [
            {"name": "姓名", "type": "name", "value": "李雷"},
            {"name": "预算", "type": "text", "value": "10万"},
        ],
    },
    "meta": {
        "id": "7004",
        "created_time": "2026-03-02T01:30:00+0000",
        "ad_name": "水泵-华东",
        "field_data": [
            {"name": "full_name", "values": ["李雷"]},
            {"name": "phone_number", "values": [f"+86{MOBILE}"]},
            {"name": "state", "values": ["江苏"]},
            {"name": "预算", "values": ["10万"]},
        ],
    },
    "linkedin": {
        "id": "7005",
        "submittedAt": 1772415000000,
        "leadMetadata": {"sponsoredLeadMetadata": {"campaign": "水泵-华东"}},
        "formResponse": {
            "answers": [
                linkedin("FIRST_NAME", "李雷"),
                linkedin("PHONE_NUMBER", MOBILE),
                {
                    "questionId": "预算",
                    "answerDetails": {"textQuestionAnswer": {"answer": "10万"}},
                },
            ]
        },
    },
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_submission_is_understood(name: str):
    own = ChannelVersion(key=name, version=1, channel=TEMPLATES[name].channel)

    found = reread(own, orjson.dumps(SAMPLES[name]), "application/json")

    assert isinstance(found, Understood), found
    person, facts = found.reading.person, found.reading.facts
    assert person.phone is not None
    assert (person.name, person.phone.number) == ("李雷", f"+86{MOBILE}")
    assert facts.external is not None
    assert facts.external.id.startswith("700")
    assert facts.campaign == "水泵-华东"
    assert found.reading.attributes["预算"] == "10万"
    assert MOBILE not in map(str, found.reading.attributes.values())
    assert found.occurred_at is not None
    assert found.occurred_at.timestamp() == 1772415000


def test_the_sample_in_the_guide_of_meta_is_understood():
    sample = {
        "created_time": "2015-02-28T08:49:14+0000",
        "id": "<LEAD_ID>",
        "ad_id": "<AD_ID>",
        "form_id": "<FORM_ID>",
        "field_data": [
            {"name": "car_make", "values": ["Honda"]},
            {"name": "full_name", "values": ["Joe Example"]},
            {"name": "email", "values": ["joe@example.com"]},
            {"name": "selected_dealer", "values": ["99213450"]},
        ],
    }
    own = ChannelVersion(key="meta", version=1, channel=TEMPLATES["meta"].channel)

    found = reread(own, orjson.dumps(sample), "application/json")

    assert isinstance(found, Understood)
    person = found.reading.person
    assert (person.name, person.mail) == ("Joe Example", "joe@example.com")
    assert found.reading.attributes == {"car_make": "Honda", "selected_dealer": "99213450"}


def test_none_claims_more_than_was_checked():
    assert [each.name for each in TEMPLATES.values() if each.is_checked] == ["meta"]
    assert all(each.remarks for each in TEMPLATES.values())


def test_what_tencent_pushes_as_text_is_read_all_the_same():
    own = ChannelVersion(key="tencent", version=1, channel=TEMPLATES["tencent"].channel)
    pushed = {
        "leads_id": "9",
        "leads_tel": MOBILE,
        "leads_create_time": "2026-03-02 09:30:00",
        "tel_location": "江苏",
        "bundle": '{"预算": "10万"}',
    }

    found = reread(own, orjson.dumps(pushed), "application/json")

    assert isinstance(found, Understood), found
    assert found.reading.attributes == {"预算": "10万"}
    assert found.reading.facts.region == "江苏"
    assert found.occurred_at is not None
    assert found.occurred_at.timestamp() == 1772415000


@pytest.mark.parametrize("moment", ["2026-03-02 09:30:00", 1772415000, "1772415000000"])
def test_a_time_is_read_however_oceanengine_writes_it(moment: str | int):
    own = ChannelVersion(key="o", version=1, channel=TEMPLATES["oceanengine"].channel)
    said = {"clue_id": 7, "telephone": MOBILE, "create_time_detail": moment}

    found = reread(own, orjson.dumps(said), "application/json")

    assert isinstance(found, Understood), found
    assert found.occurred_at is not None
    assert found.occurred_at.timestamp() == 1772415000
