"""What the command says when it will not do a thing."""


class StartRefused(Exception):  # noqa: N818 - a refusal, told to a person in one sentence
    """Nothing can be started as things are; the message is one sentence for the person."""
