"""Opportunities: who has it and how it moves.

Does        keeps the directory (units, people, products, API clients, local accounts) and signs people in;
            gives leads, customers (also product line by product line) and deals an owner, with a receipt
            of why, or puts leads in a pool;
            lets identity providers bring people and units (SCIM);
            moves deals through the stages of a pipeline whose gates say what is missing;
            names the parties of a deal; lets deals go with a conversion that is undone;
            keeps documents of leads, customers and deals;
            logs activities and next steps; wins and loses deals with reasons; takes histories over.
Publishes   directory.unit_defined, .person_defined, .product_defined, .client_defined
            ownership.assigned, .pooled, .unassigned; customer_line.assigned, .released
            activity.logged, .unlogged; document.attached, .withdrawn
            opportunity.opened, .updated, .stage_changed, .won, .lost, .recorded, .unrecorded, .withdrawn,
            .kept
Listens to  lead.captured, .updated, .scored, .qualified, .disqualified, .reopened, .outcome_recorded,
            .converted, .conversion_recalled, .conversion_undone, .merged, .unmerged,
            .erased; customer.registered, .updated, .moved, .merged, .unmerged, .withdrawn, .reinstated;
            contact.added, .linked, .unlinked, .merged, .unmerged, .withdrawn
Timers      imports waiting to be worked on; contents that no document came for
Schema      opportunities: 0001 directory, 0002 ownership, 0003 deals, 0004 activities,
            0020 merged customers, 0060 parties, 0061 withdrawn deals, 0062 work of merged customers,
            0063 customer lines, 0100 undone history, 0110 provisioned, 0120 documents
Configured  routing, routing:<name>, pool, pool:<name>, collisions, calendar, calendar:<name>, pipeline:<key>
Rooms       each is a package split by feature: unit, person, product, client, session; ownership,
            routing, pool; deal, pipeline, activity, document, history
"""
