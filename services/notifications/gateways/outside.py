"""Which gateways this process uses: the real ones where an address is set, their twins elsewhere."""

from pathlib import Path

from services.notifications.gateways import Letter, MailGateway, Post, RobotGateway
from services.notifications.gateways.mail import RecordedMail, SmtpMail
from services.notifications.gateways.wecom import RecordedRobot, WeComRobot
from services.notifications.settings import NotificationsSettings


class Outside:
    """Chosen once, when the process starts: timers are a table and know of no settings."""

    mail: MailGateway
    robot: RobotGateway

    def open(self, settings: NotificationsSettings, *, home: Path) -> None:
        """Take the addresses from the settings; record under `home` what has none."""
        sender = settings.mail_from
        smtp, webhook = settings.smtp_url.get_secret_value(), settings.wecom_url.get_secret_value()
        sent = home / "sent"
        self.mail = (
            SmtpMail(smtp, sender=sender) if smtp else RecordedMail(sent / "mail", sender=sender)
        )
        self.robot = WeComRobot(webhook) if webhook else RecordedRobot(sent / "wecom.jsonl")

    async def send(self, letter: Letter) -> None:
        """Send a letter."""
        await self.mail.send(letter)

    async def post(self, post: Post) -> None:
        """Post to the robot's group."""
        await self.robot.post(post)


OUTSIDE = Outside()
"""The way out of this process."""
