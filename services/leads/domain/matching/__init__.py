"""Whether two records mean the same party: how likely it is, and what says so.

A record falls into words (`words`, `portrait`), each worth as much as it is rare (`census`); two
records are weighed against each other comparison by comparison (`weighing`), as the rules in force
say (`rules`). See docs/decisions/0018-duplicates.md.
"""
