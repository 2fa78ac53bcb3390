"""Versioned configuration: draft, checked, activated, superseded; never edited in place."""

from shared.configuration.routes import router
from shared.configuration.versions import (
    Body,
    Checker,
    Configuration,
    NoSuchVersion,
    NotConfigured,
    activate,
    check,
    create_draft,
    current,
    current_as,
    family_as,
    history,
    publish,
    seed,
    version,
)

__all__ = [
    "Body",
    "Checker",
    "Configuration",
    "NoSuchVersion",
    "NotConfigured",
    "activate",
    "check",
    "create_draft",
    "current",
    "current_as",
    "family_as",
    "history",
    "publish",
    "router",
    "seed",
    "version",
]
