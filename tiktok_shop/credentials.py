"""The app's key and secret."""

from pydantic import BaseModel, ConfigDict, SecretStr


class AppCredentials(BaseModel):
    """What Partner Center gave the app; the secret never shows in a repr or a log."""

    model_config = ConfigDict(frozen=True)

    app_key: str
    app_secret: SecretStr
