"""The door for people and programs."""

from shared.web import allow

A_PERSON = allow("seller", "team_lead", "manager", "operator", "auditor")
"""Anybody of the staff: notices are for people."""
