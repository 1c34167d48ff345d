"""Settings from the environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings
from sqlalchemy import URL


class Settings(BaseSettings):
    """Every field is an environment variable of the same name in capitals, e.g. DATABASE_HOST."""

    database_host: str = "localhost"
    database_port: int = Field(5432, ge=1, le=65535)
    database_name: str = "tododb"
    database_user: str = "todo"
    database_password: str = Field("", repr=False)
    database_connect_timeout: float = Field(3, gt=0, description="seconds for one new connection")

    pool_size: int = Field(5, ge=1, description="connections kept open")
    pool_max_overflow: int = Field(5, ge=0, description="connections opened beyond those while busy")
    pool_timeout: float = Field(5, gt=0, description="seconds a request waits for a free connection")
    pool_recycle: int = Field(1800, description="seconds after which a connection is replaced")

    host: str = "0.0.0.0"
    port: int = Field(8000, ge=1, le=65535)
    log_level: str = "INFO"
    keep_alive: int = Field(120, description="seconds; longer than a proxy in front keeps idle connections (90 s)")
    drain: float = Field(2, ge=0, description="seconds after SIGTERM that requests are still taken, connections closed after each")
    shutdown_timeout: int = Field(20, ge=1, description="seconds that requests in flight then get")
    app_version: str = ""

    @property
    def database_url(self) -> URL:
        return URL.create(
            "postgresql+asyncpg",
            username=self.database_user,
            password=self.database_password or None,
            host=self.database_host,
            port=self.database_port,
            database=self.database_name,
        )

    @property
    def version(self) -> str:
        """APP_VERSION (set by the chart or baked in by the build), or else the file VERSION."""
        if self.app_version.strip():
            return self.app_version.strip()
        file = Path(__file__).parent.parent / "VERSION"
        return (file.read_text().strip() if file.exists() else "") or "dev"
