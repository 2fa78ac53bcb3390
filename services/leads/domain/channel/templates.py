"""Channels to begin with: what ad platforms send, by the field names that they document.

`is_checked` says whether a sample that the platform itself publishes was read with the template.
Where it is false, compare one real submission with the mapping before relying on it, by
`POST /channels/{key}/try`.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

from services.leads.domain.channel.definition import Channel

THANKS = {"status": 200, "body": {"code": 0, "message": "success"}}


class Template(BaseModel):
    """A channel to copy, and how far it can be trusted."""

    model_config = ConfigDict(frozen=True)

    name: str
    channel: Channel
    is_checked: bool
    remarks: str


def _template(name: str, *, is_checked: bool, remarks: str, **channel: Any) -> Template:
    return Template(
        name=name,
        channel=Channel.model_validate({"refuses_unreadable": False, **channel}),
        is_checked=is_checked,
        remarks=remarks,
    )


def _field(name: str) -> str:
    """Where Meta has the answer to one of its own questions."""
    return f"field_data[name={name}].values"


OCEANENGINE = _template(
    "oceanengine",
    is_checked=False,
    remarks="飞鱼 CRM 线索推送. The field names are those its push rules offer (telphone is spelt so); "
    "its own signature is not documented publicly, so the address carries a token.",
    title="巨量引擎",
    source="巨量引擎",
    proof={"scheme": "query-token"},
    answer=THANKS,
    mapping={
        "external_id": "id",
        "name": "name",
        "phone": {"first": ["telphone", "phone"]},
        "mail": "email",
        "campaign": {"first": ["promotion_name", "ad_name"]},
        "origin": "app_name",
        "region": {"first": ["province_name", "location"]},
        "notes": {"join": ["remark", "form_remark"], "between": "\n"},
        "occurred_at": {"path": "create_time", "date": "seconds"},
        "attributes": {
            "wechat": "weixin",
            "city": "city_name",
            "site": "site_name",
            "advertiser": "adv_name",
        },
        "members": "remark_dict",
        "trail": {
            "click": {"constant": "req_id"},
            "click_id": "req_id",
            "landing_page": "external_url",
            "utm_campaign": {"first": ["promotion_id", "ad_id"]},
        },
    },
)

TENCENT = _template(
    "tencent",
    is_checked=False,
    remarks="腾讯广告 线索管理. Field names of the lead_clues API; no sample of a push could be checked.",
    title="腾讯广告",
    source="腾讯广告",
    proof={"scheme": "query-token"},
    answer=THANKS,
    mapping={
        "external_id": "leads_id",
        "name": "leads_name",
        "phone": {"first": ["leads_tel", "leads_telephone"]},
        "mail": "leads_email",
        "region": "leads_area",
        "campaign": {"first": ["campaign_name", "adgroup_name"]},
        "occurred_at": {"path": "leads_action_time", "date": "seconds"},
        "members": "bundle",
        "attributes": {"wechat": "leads_wechat", "qq": "leads_qq"},
        "trail": {
            "click": {"constant": "qz_gdt"},
            "click_id": "click_id",
            "landing_page": "page_url",
            "utm_campaign": "campaign_id",
        },
    },
)

BAIDU = _template(
    "baidu",
    is_checked=False,
    remarks="百度营销 基木鱼 线索. Field names of its clue service; no sample of a push could be checked.",
    title="百度营销",
    source="百度",
    proof={"scheme": "query-token"},
    answer=THANKS,
    mapping={
        "external_id": "clueId",
        "name": {
            "first": ["formDetail[type=name].value", "formDetail[label=姓名].value", "userName"]
        },
        "phone": {
            "first": [
                "cluePhoneNumber",
                "formDetail[type=phone].value",
                "formDetail[label=手机号].value",
            ]
        },
        "company_name": "formDetail[label=公司].value",
        "region": "area",
        "origin": {"first": ["flowChannelName", "solutionTypeName"]},
        "campaign": {"first": ["planName", "campaignName"]},
        "occurred_at": {"path": "commitTime", "date": "%Y-%m-%d %H:%M:%S"},
        "answers": {
            "each": "formDetail[*]",
            "name": "label",
            "answer": "value",
            "but": ["姓名", "手机号", "公司"],
        },
        "trail": {
            "click": {"constant": "bd_vid"},
            "click_id": "bdVid",
            "landing_page": {"first": ["consultUrl", "url"]},
            "utm_term": {"first": ["keyword", "searchWord"]},
        },
    },
)

META = _template(
    "meta",
    is_checked=True,
    remarks="Meta Lead Ads, checked against the sample in Meta's guide to retrieving leads. Its webhook carries ids alone; what is mapped here is the lead that the Graph "
    "API answers for `leadgen_id`, forwarded by whoever may ask for it. Notices without `field_data` "
    "wait in quarantine.",
    title="Meta Lead Ads",
    source="Meta",
    proof={"scheme": "meta"},
    mapping={
        "external_id": "id",
        "name": {
            "first": [_field("full_name"), {"join": [_field("first_name"), _field("last_name")]}]
        },
        "phone": {"first": [_field("phone_number"), _field("work_phone_number")]},
        "mail": {"first": [_field("email"), _field("work_email")]},
        "company_name": _field("company_name"),
        "region": {"first": [_field("state"), _field("city")]},
        "origin": {"path": "platform", "values": {"fb": "Facebook", "ig": "Instagram"}},
        "campaign": {"first": ["campaign_name", "ad_name"]},
        "occurred_at": {"path": "created_time", "date": "iso"},
        "answers": {
            "each": "field_data[*]",
            "name": "name",
            "answer": "values",
            "but": [
                "full_name",
                "first_name",
                "last_name",
                "phone_number",
                "work_phone_number",
                "email",
                "work_email",
                "company_name",
            ],
        },
        "trail": {"utm_campaign": "campaign_id", "utm_content": "ad_id"},
    },
)

LINKEDIN = _template(
    "linkedin",
    is_checked=False,
    remarks="LinkedIn Lead Gen Forms. Its webhook carries the URN of a response alone; what is mapped here "
    "is the leadFormResponse with the questions of its form joined as `predefinedField`, forwarded by "
    "whoever may ask for it.",
    title="LinkedIn Lead Gen",
    source="LinkedIn",
    proof={"scheme": "linkedin"},
    mapping={
        "external_id": "id",
        "name": {
            "join": [
                "formResponse.answers[predefinedField=FIRST_NAME].answerDetails"
                ".textQuestionAnswer.answer",
                "formResponse.answers[predefinedField=LAST_NAME].answerDetails"
                ".textQuestionAnswer.answer",
            ]
        },
        "phone": "formResponse.answers[predefinedField=PHONE_NUMBER].answerDetails"
        ".textQuestionAnswer.answer",
        "mail": {
            "first": [
                "formResponse.answers[predefinedField=WORK_EMAIL].answerDetails"
                ".textQuestionAnswer.answer",
                "formResponse.answers[predefinedField=EMAIL].answerDetails"
                ".textQuestionAnswer.answer",
            ]
        },
        "company_name": "formResponse.answers[predefinedField=COMPANY_NAME].answerDetails"
        ".textQuestionAnswer.answer",
        "origin": "leadType",
        "campaign": "leadMetadata.sponsoredLeadMetadata.campaign",
        "occurred_at": {"path": "submittedAt", "date": "milliseconds"},
        "answers": {
            "each": "formResponse.answers[*]",
            "name": "questionId",
            "answer": "answerDetails.textQuestionAnswer.answer",
            "unless": "predefinedField",
        },
        "trail": {"utm_content": "associatedEntity.associatedCreative"},
    },
)

TEMPLATES = {each.name: each for each in (OCEANENGINE, TENCENT, BAIDU, META, LINKEDIN)}
