"""All settings as one frozen object, read once at process start."""

from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    HttpUrl,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    StringConstraints,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
"""The project's folder, where the playbooks that ship with it live."""
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _without_login(url: HttpUrl) -> HttpUrl:
    if url.username or url.password:
        raise ValueError("give it without a user and password, for every packet shows it")
    return url


class Settings(BaseSettings):
    """Everything that can be set, each as an environment variable WENHUO_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="WENHUO_", frozen=True, extra="ignore")

    home: Path = Path("var")
    """Folder of everything this installation keeps."""
    database_url: str | None = None
    """SQLAlchemy URL of the records; a SQLite file under the home unless set."""
    app_key: str = ""
    """Key of the TikTok Shop app."""
    app_secret: SecretStr = SecretStr("")
    """Secret of the TikTok Shop app."""
    api_base_url: HttpUrl = HttpUrl("https://open-api.tiktokglobalshop.com")
    """Host of the shop's API."""
    auth_base_url: HttpUrl = HttpUrl("https://auth.tiktok-shops.com")
    """Host that gives out tokens."""
    http_timeout_seconds: PositiveFloat = 8.0
    """Longest wait for one answer of the platform."""
    people: SecretStr | None = None
    """Apprise address on which people are called; nobody is called without one."""
    playbooks: Path = ROOT / "playbooks"
    """Folder of default playbook, market profiles and message templates."""
    shop_playbooks: Path | None = None
    """Folder of the shops' own playbooks; `playbooks` under the home unless set."""
    shop_api_per_second: PositiveFloat = 40.0
    """Activities that call the platform, per second over all workers."""
    cached_cases: PositiveInt = 1000
    """Cases a worker keeps in memory; the rest is replayed when something happens."""
    open_concurrency: PositiveInt = 32
    """Cases opened at the same time by one command."""
    log_json: bool = False
    """Write logs as JSON lines even on a terminal."""
    actor: Address = Field(default="operator")
    """Who acts when a command does not say."""
    webhook_path: Annotated[str, StringConstraints(pattern=r"^/[\w./-]*$")] = "/webhooks/tiktok"
    """Where the platform's notifications are posted, as registered with it."""
    vault_url: str | None = None
    """Bucket of the evidence, such as s3://bucket/evidence; `vault` under the home unless set."""
    tsa_url: Annotated[HttpUrl, AfterValidator(_without_login)] | None = None
    """Time-stamping authority (RFC 3161) that stamps custody; nobody is asked without one."""
    tsa_roots: Path | None = None
    """PEM file of the certificates that its stamps must lead to; unchecked without one."""
    ads_token: SecretStr | None = None
    """Access token of the Marketing API app; without one no ad is ever touched."""
    ads_base_url: HttpUrl = HttpUrl("https://business-api.tiktok.com")
    """Host of the Marketing API."""
    host_desks: dict[str, SecretStr] = Field(default_factory=dict)
    """Shop id -> apprise address of who is streaming or packing, as one JSON object."""
    news_per_second: PositiveFloat = 20.0
    """Cases that hear of a restock per second, so that they do not all act at once."""
    gateway_url: HttpUrl | None = None
    """The merchant's own endpoint that files appeals; a person files them without one."""
    gateway_secret: SecretStr | None = None
    """Secret of Standard Webhooks that signs what that endpoint is sent."""
    gateway_timeout_seconds: PositiveFloat = 30.0
    """Longest wait for one answer of that endpoint."""
    console_token: SecretStr | None = None
    """What people and programs must know to use pages and API beyond this machine."""

    @property
    def records_url(self) -> str:
        """URL of the records."""
        return self.database_url or f"sqlite:///{(self.home / 'records.db').absolute()}"

    @property
    def shop_playbooks_folder(self) -> Path:
        """Folder of the shops' own playbooks."""
        return self.shop_playbooks or self.home / "playbooks"

    @property
    def vault_location(self) -> str:
        """Folder or bucket of the evidence."""
        return self.vault_url or str((self.home / "vault").absolute())

    @property
    def keys_folder(self) -> Path:
        """Folder of the keys that sign the custody ledger."""
        return self.home / "keys"

    @property
    def time_authority(self) -> str | None:
        """URL of the time-stamping authority."""
        return str(self.tsa_url) if self.tsa_url else None

    @property
    def carriers_file(self) -> Path:
        """How each carrier is reached."""
        return self.home / "carriers.yaml"

    @property
    def suppliers_file(self) -> Path:
        """How each supplier is reached."""
        return self.home / "suppliers.yaml"

    @property
    def ads_file(self) -> Path:
        """Which ads show which SKU."""
        return self.home / "ads.yaml"

    @property
    def run_file(self) -> Path:
        """Where a running `up` tells other commands how to reach it."""
        return self.home / "run.json"
