"""The published language: one file per producer, one frozen class per event version.

The domain returns these very classes; listeners read them; `shared.contracts.catalogue` lists them all.
"""
