"""Mail over SMTP."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib
from anyio import Path as AsyncPath

from services.notifications.gateways import Letter
from shared.timers import SendFailed

TIMEOUT = 20.0


class SmtpMail:
    """A mail server given as `smtp://user:password@host:port`, or `smtps://` for TLS from the start."""

    def __init__(self, url: str, *, sender: str) -> None:
        self._sender = sender
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the server; STARTTLS is used when the server offers it."""
        try:
            await aiosmtplib.send(
                write(letter, sender=self._sender),
                hostname=self._host,
                port=self._port,
                username=self._username,
                password=self._password,
                use_tls=self._tls,
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [each.code for each in refused.recipients]
            raise SendFailed(
                f"recipient refused: {codes}", retry=any(c < 500 for c in codes)
            ) from None
        except aiosmtplib.SMTPAuthenticationError as refused:
            raise SendFailed(f"sign-in refused: {refused.code}", retry=True) from None
        except aiosmtplib.SMTPResponseException as refused:
            raise SendFailed(f"server answered {refused.code}", retry=refused.code < 500) from None
        except (aiosmtplib.SMTPException, OSError) as failure:
            raise SendFailed(type(failure).__name__, retry=True) from failure


class RecordedMail:
    """Stands in where no mail server is configured: every letter becomes a file that mail programs open."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        self._folder = AsyncPath(folder)
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        """Write the letter; sent again, it takes its own place."""
        await self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{letter.message_id}.eml"
        await file.write_bytes(write(letter, sender=self._sender).as_bytes())


def write(letter: Letter, *, sender: str) -> EmailMessage:
    """The letter as a mail message; an address that cannot stand in a header is a failure for good."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = sender
        mail["To"] = letter.to
        mail["Subject"] = " ".join(letter.subject.split())
        mail["Message-ID"] = f"<{letter.message_id}@{sender.rpartition('@')[2].strip('>')}>"
        mail["Auto-Submitted"] = "auto-generated"
    except ValueError:
        raise SendFailed("the address cannot be written into a header", retry=False) from None
    mail.set_content(letter.text)
    return mail
