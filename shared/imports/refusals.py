"""Why a whole file, or its mapping, is refused; a row that does not fit is only rejected."""

from shared.refusals import Conflict, Forbidden, Invalid, NotFound


class UnreadableFile(Invalid):
    """{problem}

    The file is kept as it came. Correct it, or save it again as CSV (UTF-8) or XLSX, and import it anew.
    """


class ColumnsDoNotFit(Invalid):
    """{problem}

    Correct the header or the mapping, and import the file again.
    """


class MappingRefused(Invalid):
    """The mapping is wrong at line {line}, column {column}: {problem}

    Correct the mapping and send the file again.
    """


class NothingSent(Invalid):
    """The request has no body.

    Send the bytes of the file as the body.
    """


class FileTooLarge(Invalid):
    """The file is larger than {limit} bytes.

    Split it; identity is (system, external id), so the parts may be imported in any order.
    """

    status = 413


class UnknownImportKind(NotFound):
    """Nothing called {kind} can be imported here; there are: {known}."""


class StorageFailed(Conflict):
    """Row after row could not be stored ({problem}), the last of them row {row}: that is our fault.

    Nothing of the last step was kept. The log says more; import the file again once it is mended.
    """


class CannotBeUndone(Conflict):
    """Imports of {kind} cannot be undone."""


class NothingToUndo(Conflict):
    """This run has written nothing that could be undone: it was a rehearsal, or an undoing itself."""


class StillBeingTakenIn(Conflict):
    """The file is still being worked through; {rows} rows so far.

    Undo it once it is done.
    """


class TooLateToUndo(Conflict):
    """An import can be undone for {days} days.

    Correct or give up its records one by one, or send a file with what is right.
    """


class NotCompared(Invalid):
    """{kind} by “{by}” cannot be compared here.

    `known` says what can, and by what.
    """


class HistoryIsForOperators(Forbidden):
    """A migration run records facts past all rules; only operators may start one.

    Ask an operator, or leave `history` out of the mapping.
    """
