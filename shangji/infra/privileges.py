"""How a child process is started: bound to its parent's life, and never as root for PostgreSQL."""

import os
import pwd
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from shangji.errors import StartRefused

UNPRIVILEGED_USERS = ("postgres", "nobody")


@dataclass(frozen=True, kw_only=True)
class Account:
    """The user a child runs as, when it is not ours."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """Return whom to run PostgreSQL as when we are root, which it refuses to be; else None."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_USERS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=found.pw_uid, gid=found.pw_gid)
    raise StartRefused(
        "PostgreSQL does not run as root, and this system has neither a user `postgres` nor "
        "`nobody`. Start Shangji as an ordinary user."
    )


def launcher(dying_wish: signal.Signals, account: Account | None) -> list[str]:
    """Return the words to put before a command line.

    The child gets `dying_wish` when its parent dies, even by SIGKILL. As another account it keeps
    the right to pass directories that are closed to it: a home below /root or in a private
    temporary directory works like any other.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return [] if account is None else _without_setpriv(account)
    words = [setpriv, "--pdeathsig", dying_wish.name.removeprefix("SIG")]
    if account is not None:
        words += [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
        words += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [*words, "--"]


def _without_setpriv(account: Account) -> list[str]:
    raise StartRefused(
        f"PostgreSQL does not run as root, and changing to the user `{account.name}` needs the "
        "program `setpriv` (package util-linux). Install it, or start Shangji as an ordinary user."
    )


def hand_over(directory: Path, account: Account | None) -> None:
    """Make a directory the account's own; PostgreSQL insists on owning its data."""
    if account is not None:
        os.chown(directory, account.uid, account.gid)
