"""Channels: the ways leads come in, each of them configuration with versions."""

from services.leads.domain.channel.policy import AssignOn, ChannelPolicy, Channels

__all__ = ["AssignOn", "ChannelPolicy", "Channels"]
