"""Notifications: who hears, how it reads, how it is sent.

Does        puts notices into people's inboxes and streams them live; carries them to mail and WeCom;
            tells new owners, those who oversee what nobody was given, and leads whose deals are won;
            reminds owners who have not acted in time, and tells whoever leads them when they still do not;
            asks for next steps whose day has passed; keeps what people want to be told where.
Publishes   notification.placed, .read
Listens to  ownership.assigned, .pooled, .unassigned; activity.logged
            opportunity.opened, .recorded, .updated, .won, .lost, .withdrawn
            lead.captured, .updated, .converted, .conversion_undone, .disqualified, .outcome_recorded,
            .merged, .unmerged, .touch_due, .reopened; learned_score.drifted
            customer.registered, .updated; directory.unit_defined (and people, by the platform)
Timers      remind of overdue follow-ups; escalate overdue follow-ups; remind of overdue next steps;
            place what waited for the directory; send mail; send to WeCom
Schema      notifications: 0001 notices
"""
