"""Every setting, once: environment variables with their meaning, unit and default."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import InvalidInput
from core.networks import parse_network
from ops import secret_files
from ops.messages.sender import parse_sender
from ops.outbound.guard import parse_opened

PREFIX: Final = "FOOTFALL_"
_LEAST_SECRET: Final = 32
#: Settings that may have a password in them.
_ADDRESSES: Final = ("database_url", "replica_url")
#: Read by the tests and services of a checkout, not by Footfall.
_WORKSHOP: Final = ("FOOTFALL_SERVICES_", "FOOTFALL_REQUIRE_SERVICES", "FOOTFALL_KILLS")


def _split(text: object) -> object:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if isinstance(text, str) else text


def _split_words(text: object) -> object:
    return tuple(filter(None, re.split(r"[\s,]+", text))) if isinstance(text, str) else text


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        try:
            parse_network(text)
        except InvalidInput as error:
            raise ValueError(str(error)) from error
    return texts


def _hosts(texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        parse_opened(texts)
    except InvalidInput as error:
        raise ValueError(str(error)) from error
    return texts


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("must begin with https:// or http://")
    return text


def _unit(unit: str) -> dict[str, Any]:
    return {"unit": unit}


def _secrets(text: SecretStr) -> SecretStr:
    for secret in filter(None, text.get_secret_value().split(",")):
        if len(secret.strip()) < _LEAST_SECRET:
            raise ValueError(f"a secret must be at least {_LEAST_SECRET} random characters: `openssl rand -base64 32`")
    return text


def _token(text: SecretStr) -> SecretStr:
    token = text.get_secret_value()
    if token and (len(token) < _LEAST_SECRET or not token.isascii() or not token.isprintable() or " " in token):
        raise ValueError(f"must be at least {_LEAST_SECRET} random characters, no blanks: `openssl rand -base64 32`")
    return text


_Paths = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_split)]
_Networks = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_words), AfterValidator(_networks)]
_Hosts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_words), AfterValidator(_hosts)]


class Settings(BaseSettings):
    """What an operator can choose. Read once at start, never changed."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    kafka_bootstrap_servers: str = Field(
        "",
        validation_alias="KAFKA_BOOTSTRAP_SERVERS",
        description="Kafka brokers of a cluster, as host:port,host:port. A single node has none.",
    )
    database_url: str = Field(
        "",
        validation_alias="DATABASE_URL",
        description="PostgreSQL or TimescaleDB of a cluster, as a URI. A single node brings its own.",
    )
    database_password: SecretStr = Field(
        SecretStr(""), description="Password for the database and its replica, where their addresses name none."
    )
    replica_url: str = Field(
        "",
        description="A streaming replica of the database of a cluster, as a URI: `api` reads reports from it. Empty:"
        " from the database itself.",
    )
    archive_url: str = Field(
        "",
        validation_alias="ARCHIVE_URL",
        description="Where the archive's files are: a folder, or s3://bucket/prefix. Empty: `archive` in the folder of"
        " a single node; in a cluster there is no archive then, and rows are kept for ever.",
    )
    archive_endpoint: str = Field(
        "",
        description="Address of an S3-compatible store, as http://host:port. Empty: Amazon's, or AWS_ENDPOINT_URL.",
    )
    archive_region: str = Field("", description="Region of the bucket. Empty: AWS_REGION, where it matters.")
    archive_access_key: str = Field(
        "", description="Key id for the bucket. Empty: AWS_ACCESS_KEY_ID, or the machine's role."
    )
    archive_secret_key: SecretStr = Field(
        SecretStr(""), description="Secret of the key. Empty: AWS_SECRET_ACCESS_KEY, or the machine's role."
    )
    retention_days: int = Field(
        7,
        ge=4,
        le=36_500,
        description="How long rows of events and sessions stay in the database after their day, once the archive has"
        " them.",
        json_schema_extra=_unit("days"),
    )
    data: Path = Field(Path("data"), description="Folder of a single node; `--data` of every command.")
    disk_reserve: int = Field(
        1_000,
        ge=0,
        le=1_000_000_000,
        description="What is to stay free on the disk of a single node: with less it answers events with 503, and goes"
        " on when there is more. 0: it goes on until the database stops.",
        json_schema_extra=_unit("MB"),
    )
    host: str = Field("127.0.0.1", description="Address to listen on, for HTTP and for the metrics of workers.")
    port: int = Field(8000, ge=0, le=65535, description="Port of HTTP.")
    public_url: str = Field(
        "",
        description="How browsers reach us, for the script tag and for signing in to the page. Empty:"
        " http://HOST:PORT.",
    )
    metrics_port: int = Field(
        9464, ge=0, le=65535, description="Port of /metrics and /health of `work` and `schedule`; 0 for none."
    )
    metrics_token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        SecretStr(""),
        description="What `Authorization: Bearer` has to bring to see /metrics, 32 random characters or more. Empty:"
        " HTTP ports take the key of a TinyTrail admin, as they always do, and metrics ports ask for nothing.",
    )
    trusted_proxies: _Networks = Field(
        (),
        description="Proxies whose X-Forwarded-For and -Proto are believed: addresses or CIDRs, separated by commas or"
        " spaces.",
    )
    remote_user: Literal["on", "off"] = Field(
        "off",
        description="Whether Antics' API believes the Remote-User and Remote-Groups that trusted proxies send. They"
        " must take these headers away from what clients send.",
    )
    secret_key: Annotated[SecretStr, AfterValidator(_secrets)] = Field(
        SecretStr(""),
        description="Secrets that API keys are encrypted with, 32 random characters or more each, newest first,"
        " separated by commas. Empty: one is made, in the data folder or in the cluster's database.",
    )
    geo_file: _Paths = Field(
        (),
        description="Files that tell places, in MaxMind's format, separated by commas; the first that knows an address "
        "answers. Empty: places.mmdb and places-ipv6.mmdb in FOOTFALL_DATA, if they are there.",
    )
    rate_limits: Literal["on", "off"] = Field("on", description="Limits of requests per address and key.")
    collect_limit_requests: int = Field(
        10, ge=1, le=1_000, description="Requests to collect that one address may send; each collector counts its own."
    )
    collect_limit_seconds: int = Field(
        10, ge=1, le=3_600, description="In any time of this length.", json_schema_extra=_unit("s")
    )
    key_limit_requests: int = Field(
        60, ge=1, le=1_000, description="Requests that one key may send; in a cluster, to all API processes together."
    )
    key_limit_seconds: int = Field(
        60, ge=1, le=3_600, description="In any time of this length.", json_schema_extra=_unit("s")
    )
    beep_bootstrap: Literal["on", "off"] = Field(
        "on",
        description="Whether anybody can have the first token of beep-analytics, as its API has it. Once there is one,"
        " nobody can.",
    )
    platform_limit_requests: int = Field(
        100, ge=1, le=10_000, description="The same of keys of Platform API v2, which tells it in X-RateLimit headers."
    )
    platform_limit_seconds: int = Field(
        60, ge=1, le=3_600, description="In any time of this length.", json_schema_extra=_unit("s")
    )
    tinylytics_limit_requests: int = Field(
        1_000, ge=1, le=10_000, description="The same of keys of Tinylytics' API, a batch of hits being one request."
    )
    tinylytics_limit_seconds: int = Field(
        3_600, ge=1, le=3_600, description="In any time of this length.", json_schema_extra=_unit("s")
    )
    streams: int = Field(
        100, ge=1, le=10_000, description="Streams of server-sent events that one process has open; beyond it 503."
    )
    outbound: Literal["on", "off"] = Field(
        "on",
        description="Whether anything is asked of other people's servers: sites that are monitored, registries of"
        " domains, webhooks. Off: nothing goes out but mail.",
    )
    outbound_hosts: _Hosts = Field(
        (),
        description="What may be asked though it is not public: names, addresses or CIDRs, separated by commas or"
        " spaces.",
    )
    rdap_url: Annotated[str, AfterValidator(_web_address)] = Field(
        "https://data.iana.org/rdap/dns.json",
        description="Where the list is of the registries that tell when a domain ends.",
    )
    smtp_host: str = Field(
        "", description="Server that mails are handed to. Empty: none is sent, and messages by e-mail are given up."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port: 465 is usual with `tls`, 25 with `none`.")
    smtp_user: str = Field("", description="Whom to sign in as there. Empty: nobody.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection is kept secret: encrypted after a word in clear, from the first byte, or not at"
        " all, which is for a server on the same machine and without a user.",
    )
    mail_from: str = Field(
        "", description="Whom mails come from: footfall@example.com, or Footfall <footfall@example.com>."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["text", "json"] = Field("text", description="One line a record, or one JSON object.")
    in_flight_events: int = Field(
        20_000,
        ge=1,
        description="Events a collector holds that are not yet durable; beyond it answers 503.",
        json_schema_extra=_unit("events"),
    )
    batch_window: float = Field(
        5.0,
        ge=0,
        le=1_000,
        description="How long a collector of a cluster waits for more before it sends a batch.",
        json_schema_extra=_unit("ms"),
    )
    topic_generation: int = Field(
        0, ge=0, description="Number in the topic's name, raised when a topic is made anew; 0: the highest there is."
    )
    partitions: int = Field(16, ge=1, le=4_096, description="Partitions of the topic when it is created.")
    replication: int = Field(
        0, ge=0, le=32_767, description="Copies of each partition when the topic is created; 0: three, or all brokers."
    )
    flush_failures: int = Field(
        24, ge=1, description="Failed attempts to write a batch after which a worker ends, to be started again."
    )
    broker_session_timeout: float = Field(
        20.0,
        ge=6,
        le=60,
        description="After this silence of a worker its partitions go to others.",
        json_schema_extra=_unit("s"),
    )
    delivery_timeout: float = Field(
        12.0,
        ge=1,
        le=120,
        description="How long a batch may take until it is durable in Kafka; then 503.",
        json_schema_extra=_unit("s"),
    )
    database_connections: int = Field(
        8, ge=2, le=40, description="Most database connections of one process.", json_schema_extra=_unit("connections")
    )
    shutdown_grace: float = Field(
        20.0,
        ge=0,
        le=600,
        description="How long requests in progress may take after SIGTERM.",
        json_schema_extra=_unit("s"),
    )


def load(**given: Any) -> Settings:  # noqa: ANN401 - values of the command line, checked by the model
    """Read the environment; values in `given` that are not None win.

    Raises:
        InvalidInput: a variable has a wrong value, or a `FOOTFALL_` variable is unknown, or the file that should have
            a secret has none; the message names it.
    """
    hidden = secrets()
    known = variables() | {variable + secret_files.SUFFIX: name for variable, name in hidden.items()}
    for variable in os.environ:
        if variable.startswith(PREFIX) and variable not in known and not variable.startswith(_WORKSHOP):
            nearest = difflib.get_close_matches(variable, known, n=1, cutoff=0)
            raise InvalidInput(f"{variable} is not a setting; did you mean {nearest[0]}? `footfall settings` lists all")
    files = {hidden[variable]: text for variable, text in secret_files.read(hidden, os.environ).items()}
    try:
        read = Settings(**files | {name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        names = {_variable(name): name for name in Settings.model_fields}
        problems = []
        for problem in error.errors(include_url=False, include_input=False):
            place = str(problem["loc"][0])
            variable = place if place in names else _variable(place)
            problems.append(f"{variable}: {problem['msg']}")
        raise InvalidInput("; ".join(problems)) from error
    _check_mail(read)
    return read.model_copy(
        update={
            name: _with_password(_variable(name), getattr(read, name), read.database_password) for name in _ADDRESSES
        }
    )


def variables() -> dict[str, str]:
    """Return the names of the environment variables with the fields they fill."""
    return {_variable(name): name for name in Settings.model_fields}


def secrets() -> dict[str, str]:
    """Return those variables that may be in a file, which NAME_FILE names, with the fields they fill."""
    return {
        variable: name for variable, name in variables().items() if Settings.model_fields[name].annotation is SecretStr
    }


def rows(settings: Settings) -> list[dict[str, Any]]:
    """Return every setting as name, value, default, unit and meaning, without secrets."""
    found = []
    for variable, name in variables().items():
        field = Settings.model_fields[name]
        extra = field.json_schema_extra
        found.append(
            {
                "name": variable,
                "value": _shown(name, getattr(settings, name)),
                "default": _shown(name, field.default),
                "unit": str(extra.get("unit", "")) if isinstance(extra, dict) else "",
                "meaning": field.description or "",
            }
        )
    return found


def without_password(dsn: str) -> str:
    """Return a connection string as it may be shown."""
    if not dsn:
        return ""
    given = conninfo_to_dict(dsn)
    return make_conninfo("", **(given | {"password": "***"} if given.get("password") else given))


def _with_password(variable: str, dsn: str, password: SecretStr) -> str:
    """Return a connection string with the password, unless it has one."""
    text = password.get_secret_value()
    if not dsn or not text:
        return dsn
    try:
        return dsn if conninfo_to_dict(dsn).get("password") else make_conninfo(dsn, password=text)
    except psycopg.ProgrammingError as error:
        raise InvalidInput(f"{variable}: {str(error).strip()}") from error


def _check_mail(read: Settings) -> None:
    """Refuse settings of mails that do not go together."""
    if read.mail_from:
        try:
            parse_sender(read.mail_from)
        except InvalidInput as error:
            raise InvalidInput(f"FOOTFALL_MAIL_FROM: {error}") from error
    if read.smtp_host and not read.mail_from:
        raise InvalidInput("FOOTFALL_SMTP_HOST is set: set FOOTFALL_MAIL_FROM too, to whom mails are to come from")
    if read.smtp_user and not read.smtp_password.get_secret_value():
        raise InvalidInput("FOOTFALL_SMTP_USER is set: set FOOTFALL_SMTP_PASSWORD too, or neither")
    if read.smtp_user and read.smtp_security == "none":
        raise InvalidInput(
            "FOOTFALL_SMTP_SECURITY is none: the password would go over the network in clear. Set it to starttls or tls"
        )


def _variable(name: str) -> str:
    field = Settings.model_fields.get(name)
    alias = None if field is None else field.validation_alias
    return alias if isinstance(alias, str) else PREFIX + name.upper()


def _shown(name: str, value: object) -> str | int | float:
    if name in _ADDRESSES:
        return without_password(str(value))
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return value if isinstance(value, int | float) else str(value)
