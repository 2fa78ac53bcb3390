"""Leads: who came to us, how good they look, and what became of them.

Does        keeps every submission, also one that is refused, mends and replays those that could not be read;
            writes phone, mail and company name one way; makes equal leads one, also at the same moment;
            scores by rules with reasons and decay; grades budget, authority, need and timing;
            finds what else may be the same, asks people, merges and takes it back; answers 查重;
            converts a lead to customer, contact and deal in one transaction; takes files in.
            The only holder of customers' personal data: names, phones, mail addresses, notes.
Publishes   lead.captured, .touched, .updated, .scored, .assessed, .qualified, .disqualified,
            .outcome_recorded, .converted, .merged, .unmerged;
            customer.registered, .updated, .merged, .unmerged; contact.added
Listens to  ownership.assigned, .pooled, .unassigned; opportunity.opened, .won, .lost
Timers      scores that decay has moved to another grade; duplicates of what was said;
            imports waiting to be worked on
Policies    scoring, qualification, conversion, channels, duplicates, duplicate_checks:
            versioned configuration
Schema      leads: 0001 leads, 0020 parties, 0021 duplicates, 0022 merges, 0023 duplicate checks
Rooms       each is a package split by feature: submission, capture (and identity), lead, scoring,
            qualification, conversion, customer, contact, ownership, matching, duplicates,
            merging; begin with domain/lead.py
"""
