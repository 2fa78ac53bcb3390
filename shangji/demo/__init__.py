"""A living demo enterprise: a year of history, and new leads arriving while one looks.

`company` and `history` invent it from a seed, `files` writes it down, `loading` brings it in through
the public doors, `feeder` keeps it alive, and `clock` lets its days pass.
"""

from shangji.demo.loading import load_demo

__all__ = ["load_demo"]
