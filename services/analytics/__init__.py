"""Analytics: shows managers the truth at any instant, and can prove it.

Does        keeps projections of everything the other services announce; answers reports over them in the
            caller's scope, now or as of a day; builds the projections again from the first event and
            compares them with the live ones.
Publishes   nothing yet.
Listens to  everything: directory.*, lead.*, customer.*, ownership.*, activity.*, opportunity.*,
            notification.*.
Timers      go on with rebuilds: one step of a rebuild somebody asked for.
Schema      analytics: unit, person, product, customer, lead, touch, opportunity, stage_interval,
            ownership_period, activity, notification; views place, deal, customer_going_on, lead_road;
            rebuild.
            analytics_rebuild: empty twins of those tables, filled by a rebuild.
"""
