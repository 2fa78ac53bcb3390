"""The pipeline an enterprise starts with; it is only the first version of `pipeline:standard`."""

from services.opportunities.domain.pipeline import Condition, PipelineBody, Stage, Wording

_LOST = "输单"


def _needs(name: str, when: str, zh: str, en: str) -> Condition:
    return Condition(name=name, when=when, message=Wording(zh=zh, en=en))


CONTACTED = _needs(
    "contacted",
    "calls + visits + meetings + mails + chats >= 1",
    "请先与客户联系并记录活动",
    "Talk to the customer and log it first",
)
CUSTOMER = _needs("customer", "has_customer", "请填写客户", "Say who the customer is")
PRODUCT = _needs("product", "has_product", "请选择产品", "Choose the product")
AMOUNT = _needs("amount", "amount > 0.0", "请填写金额", "Say what it is worth")
EXPECTED = _needs(
    "expected_close",
    "has_expected_close",
    "请填写预计成交日期",
    "Say when it is expected to close",
)
MET = _needs(
    "met",
    "calls + visits + meetings >= 1",
    "谈判前至少电话、拜访或会议一次",
    "Speak with the customer at least once before negotiating",
)

STANDARD_PIPELINE = PipelineBody(
    name=Wording(zh="标准销售流程", en="Standard sales process"),
    stages=(
        Stage(
            key="初步沟通",
            label=Wording(zh="初步沟通", en="First contact"),
            probability=0.1,
            next=("需求确认", _LOST),
        ),
        Stage(
            key="需求确认",
            label=Wording(zh="需求确认", en="Needs confirmed"),
            probability=0.25,
            next=("方案制定", _LOST),
            gate=(CUSTOMER, CONTACTED),
        ),
        Stage(
            key="方案制定",
            label=Wording(zh="方案制定", en="Solution designed"),
            probability=0.4,
            next=("报价", _LOST),
            gate=(PRODUCT,),
        ),
        Stage(
            key="报价",
            label=Wording(zh="报价", en="Quoted"),
            probability=0.6,
            next=("谈判", _LOST),
            gate=(AMOUNT, EXPECTED),
        ),
        Stage(
            key="谈判",
            label=Wording(zh="谈判", en="Negotiating"),
            probability=0.8,
            next=("赢单", _LOST),
            gate=(MET,),
        ),
        Stage(
            key="赢单",
            label=Wording(zh="赢单", en="Won"),
            kind="won",
            probability=1.0,
            gate=(CUSTOMER, AMOUNT),
        ),
        Stage(key=_LOST, label=Wording(zh=_LOST, en="Lost"), kind="lost", probability=0.0),
    ),
)
