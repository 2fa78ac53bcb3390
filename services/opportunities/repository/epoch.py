"""What routing depends on has a number that rises with every change of it."""

from shared.db import Tx


async def raise_it(tx: Tx) -> None:
    """The directory is another one when this transaction commits."""
    await tx.execute("UPDATE directory_epoch SET epoch = epoch + 1")


async def current(tx: Tx) -> int:
    """The number of directory and configuration as they are, to be read before anything of them is."""
    return await tx.fetchval(
        """
        SELECT (SELECT epoch FROM directory_epoch) + (SELECT epoch FROM configuration_epoch)
        """
    )
