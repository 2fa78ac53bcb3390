"""Versioned configuration: draft, checked, activated, superseded; never edited in place."""

from shared.configuration.consent import Consent, SecondPersonNeeded
from shared.configuration.routes import router
from shared.configuration.versions import (
    Body,
    Checker,
    Configuration,
    ConfigurationLine,
    NoSuchVersion,
    NotConfigured,
    State,
    activate,
    check,
    create_draft,
    current,
    current_as,
    family_as,
    history,
    publish,
    roll_back,
    seed,
    version,
)

__all__ = [
    "Body",
    "Checker",
    "Configuration",
    "ConfigurationLine",
    "Consent",
    "NoSuchVersion",
    "NotConfigured",
    "SecondPersonNeeded",
    "State",
    "activate",
    "check",
    "create_draft",
    "current",
    "current_as",
    "family_as",
    "history",
    "publish",
    "roll_back",
    "router",
    "seed",
    "version",
]
