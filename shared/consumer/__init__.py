"""Hearing events: each takes effect once, in the order of its aggregate, or waits where all can see it.

`registry` says who hears what; `plan` decides, purely, what to do with a batch; `store` keeps what
was decided; `apply` carries it out in one transaction with the position; `loop` talks to Kafka.
"""

from shared.consumer.registry import Consumer, Heard

__all__ = ["Consumer", "Heard"]
