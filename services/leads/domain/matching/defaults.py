"""Rules that an empty enterprise begins with: for persons, organisations, and persons in them.

No file was looked at for the weights: rarity is counted in the records themselves, and the rest says
how often people change or mistype such a thing.
"""

from services.leads.domain.matching.rules import Comparison, DuplicateRules

DUPLICATES = DuplicateRules(
    comparisons=(
        Comparison(name="name", field="name", read_as="person", differs=-8),
        Comparison(
            name="company",
            field="company_name",
            read_as="company",
            numbers_must_agree=True,
            differs=-8,
        ),
        Comparison(name="credit code", field="credit_code", alike=None, differs=-12, most=30),
        Comparison(name="phone", field="phone", read_as="phone", alike=None, differs=-2, most=20),
        Comparison(name="mail", field="mail", read_as="mail", differs=-1),
        Comparison(
            name="address",
            field="address",
            read_as="address",
            numbers_must_agree=True,
            differs=-8,
        ),
        Comparison(name="postcode", field="attributes.postcode", alike=6, finds=False),
        Comparison(name="region", field="region", read_as="region", alike=None, finds=False),
        Comparison(name="date of birth", field="attributes.born_on", differs=-4),
    )
)
