"""Where notices leave the house; without an address they are recorded under the home folder."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class NotificationsSettings(BaseSettings):
    """`SHANGJI_NOTIFICATIONS_SMTP_URL` and its like."""

    model_config = SettingsConfigDict(env_prefix="SHANGJI_NOTIFICATIONS_", extra="ignore")

    smtp_url: SecretStr = SecretStr("")
    """`smtp://user:password@host:25`, or `smtps://…:465`."""
    mail_from: str = "Shangji <shangji@localhost>"
    wecom_url: SecretStr = SecretStr("")
    """The webhook of a WeCom group robot; its key is the secret."""
