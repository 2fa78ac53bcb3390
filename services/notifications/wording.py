"""How it reads, in Chinese and in English. Pure; names of companies and staff, never of customers' people."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from string import Formatter
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.domain.notice import Kind, Subject
from services.notifications.domain.preference import Language

NAME_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that the words about a notice are made of."""

    kind: Kind
    language: Language
    subject_kind: Subject
    subject_id: UUID
    company: str = ""
    colleague: str = ""
    due_at: datetime | None = None
    amount: Decimal | None = None
    currency: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Words:
    """A notice as people read it."""

    title: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Template:
    """A sentence is left out when something it speaks of is not known."""

    title: str
    sentences: tuple[str, ...]


NOUNS: Mapping[tuple[Subject, Language], str] = {
    ("lead", "zh"): "线索",
    ("customer", "zh"): "客户",
    ("opportunity", "zh"): "商机",
    ("learned_score", "zh"): "学习评分",
    ("person", "zh"): "同事",
    ("lead", "en"): "lead",
    ("customer", "en"): "customer",
    ("opportunity", "en"): "deal",
    ("learned_score", "en"): "learned score",
    ("person", "en"): "colleague",
}

NO_NAME: Mapping[Language, str] = {"zh": "（名称未知）", "en": "(no company name)"}

BETWEEN_SENTENCES: Mapping[Language, str] = {"zh": "", "en": " "}
BETWEEN_REASONS: Mapping[Language, str] = {"zh": "；", "en": "; "}

REASONS: Mapping[str, Mapping[Language, str]] = {
    "no_rule_applies": {"zh": "没有适用的分配规则", "en": "no routing rule applies"},
    "rule_failed": {"zh": "规则无法判断", "en": "a rule could not be judged"},
    "region_not_served": {"zh": "没有团队负责该区域", "en": "no team serves the region"},
    "unit_unknown": {"zh": "规则指向的团队不存在", "en": "a rule names a unit there is not"},
    "team_empty": {"zh": "团队没有人员", "en": "the team has nobody"},
    "inactive": {"zh": "人员已停用", "en": "people are inactive"},
    "not_a_seller": {"zh": "人员不是销售", "en": "people are not sellers"},
    "wrong_industry": {"zh": "没有人负责该行业", "en": "nobody covers the industry"},
    "missing_skill": {"zh": "没有人具备所需技能", "en": "nobody has the skill"},
    "no_weight": {"zh": "人员不参与分配", "en": "people take no routed work"},
    "daily_cap_reached": {"zh": "已达当日上限", "en": "daily caps are reached"},
    "open_cap_reached": {"zh": "已达持有上限", "en": "caps on open leads are reached"},
    "wanted_unavailable": {"zh": "指定的负责人不可用", "en": "the wanted owner is not available"},
    "existing_owner_unavailable": {
        "zh": "原负责人不可用",
        "en": "the present owner is not available",
    },
    "leads": {"zh": "线索", "en": "leads"},
    "customers": {"zh": "客户", "en": "customers"},
    "opportunities": {"zh": "商机", "en": "deals"},
    "customer_lines": {"zh": "客户产品线", "en": "product lines with customers"},
    "fallback_unavailable": {"zh": "备用负责人不可用", "en": "the fallback owner is not available"},
}
"""Codes of reasons as people say them; a code that is not here is shown as it is."""

TEMPLATES: Mapping[tuple[Kind, Language], Template] = {
    ("new_owner", "zh"): Template(
        title="新{noun}归你跟进：{company}",
        sentences=("{noun}“{company}”现在由你负责。", "请在 {due_time} 前首次跟进。"),
    ),
    ("new_owner", "en"): Template(
        title="You have a new {noun}: {company}",
        sentences=("You now own the {noun} “{company}”.", "Please act on it before {due_time}."),
    ),
    ("deal_won", "zh"): Template(
        title="赢单：{company}",
        sentences=("商机“{company}”已赢单。", "金额 {money}。", "负责人：{colleague}。"),
    ),
    ("deal_won", "en"): Template(
        title="Deal won: {company}",
        sentences=("The deal with “{company}” is won.", "Amount: {money}.", "Owner: {colleague}."),
    ),
    ("lead_unassigned", "zh"): Template(
        title="{noun}无人负责：{company}",
        sentences=("{noun}“{company}”没有找到合适的负责人，请处理。", "原因：{reasons}。"),
    ),
    ("lead_unassigned", "en"): Template(
        title="Nobody has this {noun}: {company}",
        sentences=(
            "No owner could be found for the {noun} “{company}”; please see to it.",
            "Reasons: {reasons}.",
        ),
    ),
    ("follow_up_overdue", "zh"): Template(
        title="跟进已超时：{company}",
        sentences=("{noun}“{company}”应在 {due_time} 前跟进，尚无跟进记录。", "请尽快跟进并记录。"),
    ),
    ("follow_up_overdue", "en"): Template(
        title="Overdue: {company}",
        sentences=(
            "The {noun} “{company}” was to be acted on before {due_time}, and nothing is on record.",
            "Please act on it and log what you did.",
        ),
    ),
    ("follow_up_escalated", "zh"): Template(
        title="{noun}超时未跟进，请介入：{company}",
        sentences=(
            "{noun}“{company}”应在 {due_time} 前跟进，提醒后仍无跟进记录。",
            "负责人：{colleague}。",
        ),
    ),
    ("follow_up_escalated", "en"): Template(
        title="Still not acted on: {company}",
        sentences=(
            "The {noun} “{company}” was to be acted on before {due_time}; "
            "the owner was reminded and nothing is on record.",
            "Owner: {colleague}.",
        ),
    ),
    ("next_step_overdue", "zh"): Template(
        title="下一步已过期：{company}",
        sentences=("{noun}“{company}”的下一步计划在 {due_day}，尚无记录。", "请跟进或重新安排。"),
    ),
    ("next_step_overdue", "en"): Template(
        title="Next step overdue: {company}",
        sentences=(
            "The next step of the {noun} “{company}” was planned for {due_day}; nothing is on record.",
            "Please do it or plan it anew.",
        ),
    ),
    ("touch_due", "zh"): Template(
        title="该联系了：{company}",
        sentences=("按培育计划，{noun}“{company}”应在 {due_day} 再联系一次。",),
    ),
    ("touch_due", "en"): Template(
        title="Time to get in touch: {company}",
        sentences=("The {noun} “{company}” is not ready yet and should hear of us by {due_day}.",),
    ),
    ("lead_returned", "zh"): Template(
        title="{noun}又有动静，已重新打开：{company}",
        sentences=(
            "{noun}“{company}”曾经结束，现在又回来了，请跟进。",
            "当时结束的原因：{reasons}。",
        ),
    ),
    ("lead_returned", "en"): Template(
        title="The {noun} is back: {company}",
        sentences=(
            "The {noun} “{company}” had come to an end and is worked on again; please see to it.",
            "It had ended for: {reasons}.",
        ),
    ),
    ("score_drifted", "zh"): Template(
        title="{noun}与近期线索不符，请复核",
        sentences=("近期线索与{noun}学习时的线索已明显不同。", "偏离的项：{reasons}。"),
    ),
    ("score_drifted", "en"): Template(
        title="The {noun} does not fit the leads of late",
        sentences=(
            "The leads of late are unlike those that the {noun} was learned from.",
            "What has moved: {reasons}.",
        ),
    ),
    ("recycle_warned", "zh"): Template(
        title="{noun}即将回收到公海：{company}",
        sentences=("{noun}“{company}”很久没有跟进，{due_day} 将回收到公海。", "请跟进并记录。"),
    ),
    ("recycle_warned", "en"): Template(
        title="Going back to the pool: {company}",
        sentences=(
            "Nobody has followed up the {noun} “{company}” for long; it goes back to the pool on {due_day}.",
            "Please act on it and log what you did.",
        ),
    ),
    ("deal_collided", "zh"): Template(
        title="撞单待裁定：{company}",
        sentences=("{noun}“{company}”的新商机与他人的商机或报备相撞，请裁定归属。",),
    ),
    ("deal_collided", "en"): Template(
        title="Two sell to {company}",
        sentences=(
            "A new deal with the {noun} “{company}” meets what somebody else has; please rule whose it is.",
        ),
    ),
    ("work_handed_over", "zh"): Template(
        title="{colleague} 的工作已交接给你",
        sentences=("你接手了：{reasons}。", "原负责人：{colleague}。"),
    ),
    ("work_handed_over", "en"): Template(
        title="You took over work from {colleague}",
        sentences=("You now own: {reasons}.", "They were {colleague}'s before."),
    ),
}


def words(told: Told, *, zone: ZoneInfo) -> Words:
    """The notice in the reader's language and time zone."""
    template = TEMPLATES[told.kind, told.language]
    known = _known(told, zone)
    sentences = [text.format_map(known) for text in template.sentences if _can_say(text, known)]
    return Words(
        title=template.title.format_map(known),
        body=BETWEEN_SENTENCES[told.language].join(sentences),
    )


def plain(name: str) -> str:
    """A name that came from outside, fit for a subject line: one line, no tricks, not endless."""
    visible = "".join(
        " " if unicodedata.category(char)[0] in "CZ" else char for char in name[: 4 * NAME_LENGTH]
    )
    name = re.sub(r" +", " ", visible).strip()
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def _known(told: Told, zone: ZoneInfo) -> dict[str, str]:
    due_at = told.due_at.astimezone(zone) if told.due_at else None
    return {
        "noun": NOUNS[told.subject_kind, told.language],
        "company": plain(told.company) or NO_NAME[told.language],
        "colleague": plain(told.colleague),
        "due_time": f"{due_at:%Y-%m-%d %H:%M}" if due_at else "",
        "due_day": f"{due_at:%Y-%m-%d}" if due_at else "",
        "money": f"{told.amount:,.2f} {told.currency}" if told.amount is not None else "",
        "reasons": BETWEEN_REASONS[told.language].join(
            _reason(code, told.language) for code in told.reasons
        ),
    }


def _can_say(sentence: str, known: Mapping[str, str]) -> bool:
    return all(known[field] for _, field, _, _ in Formatter().parse(sentence) if field)


def _reason(code: str, language: Language) -> str:
    """`region_not_served:华中` as people say it: the code, and what it is about."""
    name, _, about = plain(code).partition(":")
    said = REASONS[name][language] if name in REASONS else name
    if not about:
        return said
    return f"{said}（{about}）" if language == "zh" else f"{said} ({about})"
