"""Opportunities: who has it and how it moves.

Does        keeps the directory (units, people, products, API clients, local accounts) and signs people in;
            gives leads, customers and deals an owner, with a receipt of why, or puts leads in a pool;
            moves deals through the stages of a pipeline whose gates say what is missing;
            logs activities and next steps; wins and loses deals with reasons; takes histories over.
Publishes   directory.unit_defined, .person_defined, .product_defined, .client_defined
            ownership.assigned, .pooled, .unassigned
            activity.logged
            opportunity.opened, .updated, .stage_changed, .won, .lost, .recorded
Listens to  lead.captured, .updated, .scored, .qualified, .disqualified, .outcome_recorded, .converted,
            .merged, .unmerged, .reopened, .erased; customer.registered, .updated, .merged, .unmerged; contact.added
Timers      imports waiting to be worked on
Schema      opportunities: 0001 directory, 0002 ownership, 0003 deals, 0004 activities,
            0020 merged customers
Configured  routing, pool, calendar, pipeline:<key>
Rooms       each is a package split by feature: unit, person, product, client, session; ownership,
            routing, pool; deal, pipeline, activity, history
"""
