"""Policies that an empty enterprise begins with, so that its first lead is judged and routed."""

from services.leads.domain.bant import QualificationPolicy
from services.leads.domain.channel import ChannelPolicy, Channels
from services.leads.domain.conversion import ConversionRules
from services.leads.domain.learning.policy import LearningPolicy
from services.leads.domain.nurture import NurturePolicy, Plan, Step
from services.leads.domain.scoring import Group, Rule, ScoringRules, Thresholds
from services.leads.domain.tagging import Tag, TagPolicy


def _rule(name: str, group: Group, when: str, points: float) -> Rule:
    return Rule(name=name, group=group, when=when, points=points)


SCORING = ScoringRules(
    rules=(
        _rule("mobile number", "fit", "has_mobile", 15),
        _rule("mail address", "fit", "has_mail", 5),
        _rule("company", "fit", "company_name != ''", 15),
        _rule("industry", "fit", "industry != ''", 5),
        _rule("region", "fit", "region != ''", 5),
        _rule("recommended", "fit", "source in ['Reference', 'referral', '转介绍']", 20),
        _rule("no mail wanted", "fit", "do_not_email", -10),
        _rule("no calls wanted", "fit", "do_not_call", -10),
        _rule("met in person", "behaviour", "channel in ['exhibition', 'phone', 'manual']", 15),
        _rule("came again", "behaviour", "touches >= 2.0", 10),
        _rule("keeps coming", "behaviour", "touches >= 4.0", 10),
        _rule("many visits", "behaviour", "double(attributes.total_visits) >= 5.0", 10),
        _rule("stayed long", "behaviour", "double(attributes.seconds_on_site) >= 600.0", 15),
    ),
    thresholds=Thresholds(a=50, b=30),
)
QUALIFICATION = QualificationPolicy()
CONVERSION = ConversionRules()
CHANNELS = Channels(
    channels={
        "manual": ChannelPolicy(finder_keeps=True),
        "phone": ChannelPolicy(finder_keeps=True),
    }
)
LEARNING = LearningPolicy()
NURTURE = NurturePolicy(
    plans=(
        Plan(
            name="keep warm",
            steps=(
                Step(after_days=7, by="mail"),
                Step(after_days=30, by="call"),
                Step(after_days=90, by="mail"),
            ),
        ),
    )
)
TAGS = TagPolicy(
    tags=(
        Tag(name="重点客户"),
        Tag(name="老客户"),
        Tag(name="竞品用户"),
        Tag(name="新建", kind="need"),
        Tag(name="扩容", kind="need"),
        Tag(name="替换", kind="need"),
        Tag(name="维保", kind="need"),
    )
)
"""Words only: nobody's leads are tagged before an operator writes a rule."""
