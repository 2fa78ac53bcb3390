"""Leads: who came to us, how good they look, and what became of them.

Does        takes leads in by channels that are configuration: webhooks, callbacks, forms, mails, calls;
            keeps every submission, also one that is refused, mends and replays those that could not be read;
            keeps every touch with what led to it;
            writes phone, mail and company name one way; makes equal leads one, also at the same moment;
            scores by rules with reasons and decay, and by what closed leads taught; keeps evidence
            by BANT and MEDDIC note by note, and grades it; tags leads by rule and hand; keeps them warm
            until they are ready; opens those that act again, or lets a new one begin;
            finds what else may be the same, asks people, merges and takes it back; answers 查重;
            seals persons at rest, shows them for a purpose, tells them what is held, and forgets them;
            converts a lead to customer, contact and deal in one transaction, and takes it back for a while;
            keeps groups of organisations and people who serve several; takes files in.
            The only holder of customers' personal data: names, phones, mail addresses, notes.
Publishes   lead.captured, .touched, .updated, .scored, .assessed, .meddic_assessed, .qualified,
            .disqualified, .reopened, .touch_due, .tagged, .outcome_recorded, .converted,
            .conversion_recalled, .conversion_undone, .merged, .unmerged, .erased; learned_score.drifted;
            customer.registered, .updated, .moved, .merged, .unmerged, .withdrawn, .reinstated;
            contact.added, .updated, .linked, .unlinked, .merged, .unmerged, .withdrawn, .erased
Listens to  ownership.assigned, .pooled, .unassigned; customer_line.assigned, .released;
            opportunity.opened, .recorded, .unrecorded, .won, .lost, .withdrawn, .kept;
            activity.logged; registration.made, .changed
Timers      scores that decay has moved to another grade; leads judged by earlier rules; learning, and
            whether what was learned still fits; duplicates of what was said; submissions to be read
            again; touches that are due; those who are erased, wherever they are named; leads to tag; leads that were silent for long; what platforms
            are asked for; what was kept for long enough; what imports changed and can no longer be
            undone; imports waiting to be worked on
Policies    scoring, qualification, conversion, channels (each with its versions), duplicates,
            duplicate_checks, nurture, tags, returns, retention, learning, learned_score, consent:
            versioned configuration
Schema      leads: 0001 leads, 0010 channels, 0011 touches, 0020 parties, 0021 duplicates, 0022 merges,
            0023 duplicate checks, 0030 learning, 0031 rescoring, 0032 evidence, 0033 returns,
            0034 nurture, 0040 deals of customers, 0050 sealed persons, 0051 erasures, 0060 groups and
            links, 0061 contacts that go, 0062 conversions, 0063 customer lines, 0070 undone imports,
            0080 tags, 0081 returns, 0082 drift alarms, 0083 details, 0084 retention
Rooms       each is a package split by feature: channel, submission, capture (and identity), lead, scoring,
            qualification, conversion, undoing, customer, group, contact, ownership, matching, duplicates,
            merging, erasure; begin with domain/lead.py
"""
