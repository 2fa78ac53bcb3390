"""What the command says when it will not do a thing."""


class StartRefused(Exception):
    """Nothing can be started as things are; the message is one sentence for the person."""
