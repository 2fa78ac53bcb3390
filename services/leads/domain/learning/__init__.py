"""A score learned from closed leads, beside the rules: how likely a lead is to be won, and why.

`policy` says what may be looked at, `training` turns closed leads into a `model` with its `card`;
only `training` and its `boosting` need scikit-learn, and run in a process of its own.
"""
