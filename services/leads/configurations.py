"""What operators decide, and what looks at a draft before it can be activated."""

from services.leads.domain import defaults, nurture, scoring, tagging
from services.leads.domain.bant import QualificationPolicy
from services.leads.domain.channel import Channels
from services.leads.domain.channel.definition import FAMILY, Channel
from services.leads.domain.conversion import ConversionRules
from services.leads.domain.disclosure import CheckPolicy
from services.leads.domain.learning.card import LearnedScore
from services.leads.domain.learning.policy import LearningPolicy
from services.leads.domain.matching.defaults import DUPLICATES
from services.leads.domain.matching.rules import DuplicateRules
from services.leads.domain.retention import RetentionPolicy
from services.leads.domain.returning import ReturnPolicy
from shared import configuration
from shared.configuration import Checker, Consent
from shared.db import Tx

KINDS: dict[str, Checker] = {
    "scoring": scoring.check,
    "qualification": QualificationPolicy.model_validate,
    "conversion": ConversionRules.model_validate,
    "channels": Channels.model_validate,
    "duplicates": DuplicateRules.model_validate,
    "duplicate_checks": CheckPolicy.model_validate,
    FAMILY: Channel.model_validate,
    "nurture": nurture.check,
    "tags": tagging.check,
    "returns": ReturnPolicy.model_validate,
    "retention": RetentionPolicy.model_validate,
    "learning": LearningPolicy.model_validate,
    "learned_score": LearnedScore.model_validate,
    "consent": Consent.model_validate,
}
CONSENT = Consent(second_person=("scoring", "learned_score", "consent"))
"""Scores decide whom hundreds call first: nobody changes them alone."""


async def seed(tx: Tx) -> None:
    """Give a new enterprise policies to start with."""
    first = {
        "scoring": defaults.SCORING,
        "qualification": defaults.QUALIFICATION,
        "conversion": defaults.CONVERSION,
        "channels": defaults.CHANNELS,
        "duplicates": DUPLICATES,
        "duplicate_checks": CheckPolicy(),
        "nurture": defaults.NURTURE,
        "tags": defaults.TAGS,
        "returns": ReturnPolicy(),
        "retention": RetentionPolicy(),
        "learning": defaults.LEARNING,
        "consent": CONSENT,
    }
    for kind, policy in first.items():
        body = policy.model_dump(mode="json")
        await configuration.seed(tx, kind, body, checker=KINDS[kind], why="To begin with")
