"""Channels to begin with: what ad platforms send, by the field names that they document.

`is_checked` says whether a whole sample that the platform itself publishes was read with the template.
Where it is false, the remarks say which names were compared with which document and which were not:
compare one real submission with the mapping before relying on it, by `POST /channels/{key}/try`.
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
    remarks="飞鱼 CRM 线索推送. Compared with the documented answer of the clue API (clue_id, name, telephone, "
    "email, weixin, ad_name, promotion_name, site_name, province_name, city_name, location, remark, "
    "form_remark, remark_dict, app_name, req_id, external_url, create_time_detail). Not compared: the push "
    "itself, which is said to call them id, telphone and create_time; neither it nor its signature is "
    "documented publicly, so both names are read and the address carries a token.",
    title="巨量引擎",
    source="巨量引擎",
    proof={"scheme": "query-token"},
    answer=THANKS,
    mapping={
        "external_id": {"first": ["clue_id", "id"]},
        "name": "name",
        "phone": {"first": ["telphone", "telephone", "phone"]},
        "mail": "email",
        "campaign": {"first": ["promotion_name", "ad_name"]},
        "origin": "app_name",
        "region": {"first": ["province_name", "location"]},
        "address": "address",
        "notes": {"join": ["remark", "form_remark"], "between": "\n"},
        "occurred_at": {"first": ["create_time_detail", "create_time"], "date": "any"},
        "attributes": {
            "wechat": "weixin",
            "city": "city_name",
            "site": "site_name",
            "advertiser": {"first": ["advertiser_name", "adv_name"]},
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
    remarks="腾讯广告 线索管理. Compared with the fields that the platform's own example asks of lead_clues/get "
    "(leads_id, click_id, campaign_id, campaign_name, adgroup_name, page_url, leads_name, leads_telephone, "
    "leads_area, leads_email, leads_qq, leads_wechat, address, bundle, leads_create_time, "
    "leads_action_time). Not compared: a push, whose receivers in public code read leads_tel and "
    "leads_create_time and find bundle to be a text; all of these are read.",
    title="腾讯广告",
    source="腾讯广告",
    proof={"scheme": "query-token"},
    answer=THANKS,
    mapping={
        "external_id": "leads_id",
        "name": "leads_name",
        "phone": {"first": ["leads_tel", "leads_telephone"]},
        "mail": "leads_email",
        "address": "address",
        "region": {"first": ["leads_area", "telephone_location", "tel_location"]},
        "campaign": {"first": ["campaign_name", "adgroup_name"]},
        "occurred_at": {"first": ["leads_action_time", "leads_create_time"], "date": "any"},
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
    remarks="百度营销 基木鱼 线索. Compared with a vendor's manual of what it is pushed (clueId; formDetail as a "
    "list of name, type and value, such as 姓名, name, 小红) and with public code of receivers "
    "(cluePhoneNumber, commitTime, area, solutionTypeName, flowChannelName, url, consultUrl). Not compared: "
    "the platform's own document, which needs a login.",
    title="百度营销",
    source="百度",
    proof={"scheme": "query-token"},
    answer=THANKS,
    mapping={
        "external_id": "clueId",
        "name": {
            "first": ["formDetail[type=name].value", "formDetail[name=姓名].value", "userName"]
        },
        "phone": {
            "first": [
                "cluePhoneNumber",
                "formDetail[type=phone].value",
                "formDetail[name=手机号].value",
            ]
        },
        "company_name": {
            "first": ["formDetail[type=company].value", "formDetail[name=公司].value"],
        },
        "region": "area",
        "origin": {"first": ["flowChannelName", "solutionTypeName"]},
        "campaign": {"first": ["planName", "campaignName"]},
        "occurred_at": {"path": "commitTime", "date": "any"},
        "answers": {
            "each": "formDetail[*]",
            "name": "name",
            "answer": "value",
            "but": ["姓名", "手机号", "手机", "电话", "公司", "公司名称"],
        },
        "attributes": {"wechat": "wechatAccount"},
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
    remarks="Meta Lead Ads, checked against the sample in Meta's guide to retrieving leads. Its webhook carries "
    "ids alone: what is mapped here is the lead that the Graph API answers for `leadgen_id`. With an "
    "`access_token` among the parts of the secret it is asked for; without one, notices wait in quarantine.",
    title="Meta Lead Ads",
    source="Meta",
    proof={"scheme": "meta"},
    details={"api": "meta"},
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
    remarks="LinkedIn Lead Gen Forms. Compared with the documented notice (leadGenFormResponse, leadAction) and "
    "with the schema of leadFormResponses (formResponse.answers, submittedAt, leadMetadata, "
    "form.content.questions); a whole sample could not be read. Its webhook carries the URN of a response "
    "alone: what is mapped here is that response, each answer with the name and the `predefinedField` of its "
    "question. With an `access_token` among the parts of the secret it is asked for; without one, notices "
    "wait in quarantine.",
    title="LinkedIn Lead Gen",
    source="LinkedIn",
    proof={"scheme": "linkedin"},
    details={"api": "linkedin"},
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
            "name": {"first": ["question", "questionId"]},
            "answer": "answerDetails.textQuestionAnswer.answer",
            "unless": "predefinedField",
        },
        "trail": {"utm_content": "associatedEntity.associatedCreative"},
    },
)

TEMPLATES = {each.name: each for each in (OCEANENGINE, TENCENT, BAIDU, META, LINKEDIN)}
