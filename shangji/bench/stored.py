"""Many leads that are simply there, for figures that ask what their number costs."""

import asyncio
from uuid import UUID, uuid4

import orjson

from shangji.bench.yard import POLL_EVERY, Yard
from shared.sealing import Sealer

AT_ONCE = 20_000
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉力永健世广志义兴良海山仁波宁贵福生龙元全胜学祥才发武新利清飞彬富顺信子"
OWN = "恒达远东华泰鼎盛安隆瑞丰金源博创宏图嘉信天成中科万通利德正阳海润龙腾凯旋景明康宁诚益"
PLACES = "上海 北京 苏州 杭州 广州 深圳 成都 武汉 南京 天津 青岛 宁波 无锡 长沙 郑州 西安"
TRADES = "科技 机械 电子 贸易 水务 建筑 化工 食品 物流 医药 能源 软件 材料 仪器"

FILL = """
WITH numbered AS (
    SELECT n, id, company, sealed, mark
      FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[]) WITH ORDINALITY
        AS numbered (id, company, sealed, mark, n)
), leads AS (
    INSERT INTO leads.lead
           (id, sequence, state, channel, source, origin, campaign, company_name, company_key, region,
            industry, do_not_email, do_not_call, sealed, phone_kind, attributes, unit_id, history,
            captured_at, touched_at, touches, score, grade, rules_version, disqualified_for)
    SELECT id, 1, 'open', 'website', '', '', '', company, company, '', '', false, false, sealed,
           'mobile', '{}', '00000000-0000-8000-8000-000000000001', false,
           now(), now(), 1, 0, 'C', 1, ''
      FROM numbered
), keys AS (
    INSERT INTO leads.lead_identity (kind, value, lead_id)
    SELECT 'phone', mark, id
      FROM numbered
), head AS (
    UPDATE leads.feed_head
       SET position = position + (SELECT count(*) FROM numbered)
    RETURNING position
)
INSERT INTO leads.feed (position, event_id, aggregate_type, aggregate_id, sequence, type, headers,
                        payload, occurred_at)
SELECT head.position - cardinality($1) + n, gen_random_uuid(), 'lead', id, 1, 'lead.captured.v1', '{}', '{}', now()
  FROM numbered, head
"""
UNREAD = """
SELECT feed_head.position - duplicate_progress.position
  FROM leads.feed_head, leads.duplicate_progress
"""


async def fill(yard: Yard, first: int, last: int) -> None:
    """Store the leads of these numbers as if they had come in, and wait until they can be found."""
    sealer = Sealer.load(yard.home.sealing_keys)
    for start in range(first, last + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, last + 1))
        ids = [uuid4() for _ in numbers]
        await yard.admin.execute(
            FILL,
            ids,
            [company(number) for number in numbers],
            [sealed(sealer, lead_id, number) for lead_id, number in zip(ids, numbers, strict=True)],
            [mark(sealer, number) for number in numbers],
        )
    while await yard.admin.fetchval(UNREAD):  # noqa: ASYNC110 - another process's doing
        await asyncio.sleep(POLL_EVERY)
    await yard.admin.execute("VACUUM ANALYZE leads.lead")
    await yard.admin.execute("VACUUM ANALYZE leads.duplicate_profile")
    await yard.admin.execute("VACUUM ANALYZE leads.duplicate_term")


def company(number: int) -> str:
    """What the company of the lead of this number is called."""
    own = "".join(OWN[(number * step) % len(OWN)] for step in (15485863, 32452843, 49979687))
    return f"{PLACES.split()[number * 31 % 16]}{own}{TRADES.split()[number * 17 % 14]}有限公司"


def sealed(sealer: Sealer, lead_id: UUID, number: int) -> bytes:
    """Its person, as the service keeps one."""
    given = "".join(GIVEN[(number * step) % len(GIVEN)] for step in (104729, 1299709))
    name = SURNAMES[number * 7919 % len(SURNAMES)] + given
    plain = orjson.dumps({"name": name, "phone": [phone(number), "mobile"]})
    return sealer.seal(plain, place=f"lead {lead_id}")


def phone(number: int) -> str:
    """Where the lead of this number is called."""
    return f"+8619{number:09d}"


def mark(sealer: Sealer, number: int) -> str:
    """What its number is found by."""
    return sealer.short_mark(phone(number), place="phone")


def question(number: int) -> dict[str, str]:
    """Somebody who is nearly the lead of this number, or nobody at all."""
    own = "".join(OWN[(number * step) % len(OWN)] for step in (3, 7, 11))
    return {
        "name": SURNAMES[number % len(SURNAMES)] + GIVEN[(number * 13) % len(GIVEN)] * 2,
        "company_name": f"{PLACES.split()[number % 16]}{own}{TRADES.split()[number % 14]}有限公司",
        "phone": f"19{number % 1_000_000_000:09d}",
    }
