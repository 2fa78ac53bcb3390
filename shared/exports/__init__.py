"""Records that go out as files: as many as there are, a page at a time, in bounded memory.

    async def prepare() -> Export:
        return Export(columns=("id", "name"), read=queries.things)

    return exports.answer(request, name="things", form="csv", prepare=prepare)

`read` gives one page of rows and where the next begins. Each page is read in a transaction of its
own, in the scope its caller has by then, so that neither a slow reader nor a million rows hold one open.
"""

from shared.exports.answer import Export, answer, gathered, pages
from shared.exports.formats import Cell, FileForm, written

__all__ = ["Cell", "Export", "FileForm", "answer", "gathered", "pages", "written"]
