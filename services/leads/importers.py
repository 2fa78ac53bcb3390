"""What can be taken in from files: a row's form, and the handler a batch goes to."""

from services.leads.handlers import (
    contact_import,
    customer_import,
    lead_import,
    undone_contact_import,
    undone_customer_import,
    undone_import,
)
from services.leads.schemas.contact_import import ContactRow
from services.leads.schemas.customer_import import CustomerRow
from services.leads.schemas.lead_import import LeadRow
from shared.imports import Importer

IMPORTERS = (
    Importer(
        kind="leads",
        row=LeadRow,
        apply=lead_import.import_leads,
        identity=lambda row: (row.system, row.external_id),
        undo=undone_import.undo_leads,
    ),
    Importer(
        kind="customers",
        row=CustomerRow,
        apply=customer_import.import_customers,
        identity=lambda row: (row.system, row.external_id),
        undo=undone_customer_import.undo_customers,
    ),
    Importer(
        kind="contacts",
        row=ContactRow,
        apply=contact_import.import_contacts,
        identity=lambda row: (row.system, row.external_id),
        undo=undone_contact_import.undo_contacts,
    ),
)
