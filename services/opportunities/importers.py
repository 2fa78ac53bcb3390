"""What can be taken in from files: a row's form, and the handler a batch goes to."""

from services.opportunities.domain.history import HistoryRow
from services.opportunities.handlers import (
    activity_history,
    directory_import,
    document_history,
    history,
    product_import,
    undone_history,
)
from services.opportunities.schemas.activity_import import ActivityRow
from services.opportunities.schemas.directory_import import DirectoryRow
from services.opportunities.schemas.document_import import DocumentRow
from services.opportunities.schemas.product_import import ProductRow
from shared.imports import Importer

IMPORTERS = (
    Importer(
        kind="directory",
        row=DirectoryRow,
        apply=directory_import.import_directory,
        identity=lambda row: row.identity,
    ),
    Importer(
        kind="products",
        row=ProductRow,
        apply=product_import.import_products,
        identity=lambda row: row.identity,
    ),
    Importer(
        kind="opportunities",
        row=HistoryRow,
        apply=history.take_over,
        undo=undone_history.undo_deals,
        identity=lambda row: row.id,
        settings=history.HistorySettings,
    ),
    Importer(
        kind="activities",
        row=ActivityRow,
        apply=activity_history.take_over,
        undo=activity_history.undo,
        identity=lambda row: row.id,
    ),
    Importer(
        kind="documents",
        row=DocumentRow,
        apply=document_history.take_over,
        identity=lambda row: row.id,
        undo=document_history.undo,
    ),
)
