"""Settings that belong to no partner."""

from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from workers.fields.amqp_url import is_amqp
from workers.fields.types import (
    BrokerUrl,
    Count,
    DurabilityText,
    MarksUrl,
    Name,
    Pause,
    Port,
    RedisUrl,
    Seconds,
    Secret,
    Section,
    Share,
    Text,
)
from workers.ledger import keys
from workers.redis.address import redis_address, same_server, with_sentinels_login
from workers.redis.durability import durability_of
from workers.settings.door import HttpDoor
from workers.settings.results import Results

Lower = BeforeValidator(lambda text: text.lower() if isinstance(text, str) else text)


def longest_deadline(lease: float) -> float:
    """Seconds a call may take at most, so that its outcome is reported in time."""
    return lease - min(10.0, lease / 3)


class OwnSettings(Section):
    """Settings of no partner; durations are seconds."""

    sentinel_user: Text = Field(
        "",
        description="The user that sentinels are shown, where they have users",
    )
    sentinel_password: Secret = Field(
        SecretStr(""),
        description="The password that sentinels are shown; the one in a URL is the"
        " primary's",
    )
    redis_url: RedisUrl = Field(
        "redis://localhost:6379/0",
        repr=False,
        description="Redis, where the ledger is: redis://, rediss://, unix://,"
        " redis+sentinel://HOST:PORT,HOST:PORT/SERVICE or"
        " redis+cluster://HOST:PORT,HOST:PORT",
    )
    broker_url: BrokerUrl = Field(
        default_factory=lambda known: known.get("redis_url", ""),
        repr=False,
        validate_default=True,
        description="Where hints travel: another Redis, or RabbitMQ, by"
        " amqp://user:password@host:port/vhost or amqps://; not set: the ledger's. A"
        " ledger on a Cluster needs one",
    )
    durability: DurabilityText = Field(
        "none",
        description="What a write has to have before it counts: `none`, or `wait:N` or"
        " `wait:N:MILLISECONDS` for N replicas, all that there are, that confirm it"
        " within 1000 ms or so many; an event is in doubt without, and nothing is sent",
    )
    deployment: Name = Field(
        "",
        description="The name of this deployment; the ledger keeps it, and workers of"
        " another name are refused",
    )
    namespace: Annotated[Literal["number", "source"], Lower] = Field(
        "number",
        description="What names an order: `number`, its number alone, or `source`, its"
        " number within its event's `source`, where several ERPs have numbers of their"
        " own; fixed once there are orders",
    )
    stream: Text = Field(
        "orders:events",
        min_length=1,
        description="The stream into which the ERP writes its events",
    )
    group: Text = Field(
        "waybill",
        min_length=1,
        description="The consumer group that reads the stream",
    )
    partitions: Count = Field(
        1,
        le=1024,
        description="Parts that a new ledger is cut into, each with an event stream of"
        " its own, such as 8; later the ledger says how many",
    )
    lease: Seconds = Field(
        60,
        description="Seconds for which a worker has an item to itself; after a crash"
        " others wait as long",
    )
    deadline: Seconds = Field(
        20,
        validate_default=True,
        description="Seconds that one call may take in all; at least 10 s, or a third,"
        " below the lease",
    )
    health_port: Port = Field(
        0,
        description="Port of `/live`, `/ready` and `/metrics`; 0: any free one, logged",
    )
    health_host: Text = Field(
        "127.0.0.1",
        min_length=1,
        description="The address that listens there; 0.0.0.0 in a container",
    )
    dedup_window: Seconds = Field(
        604_800,
        description="Seconds for which an event that comes again is known as the same",
    )
    retention: Seconds = Field(
        2_592_000,
        description="Seconds for which an order and its timeline are kept after its"
        " watch has ended",
    )
    delivered_retention: Seconds = Field(
        604_800,
        description="Seconds for which a delivery is kept after its end",
    )
    unknown_endpoint_after: Pause = Field(
        86_400,
        description="Seconds after which a notification for an endpoint that no living"
        " worker knows becomes a dead letter, counted from when it was made; 0: never",
    )
    timeline: Count = Field(
        200, description="Entries kept in the timeline of one order"
    )
    strict_events: bool = Field(
        default=False,
        description="Whether an event is refused that has a member of `data` which is"
        " not declared; else it is admitted, and one that is nearly declared is counted"
        " and noted",
    )
    intake_batch: Count = Field(
        100, description="Events handed on with one hint, at most"
    )
    intake_pending: Count = Field(
        5_000,
        validate_default=True,
        description="Events handed on and not yet admitted, at most",
    )
    intake_tries: Count = Field(
        10,
        description="Times that admitting an event is begun before it becomes a dead"
        " letter, at least 2; from half of them on it is begun with no other event in"
        " its process",
    )
    intake_ahead: Annotated[int, Field(ge=0)] = Field(
        2_000,
        validate_default=True,
        description="Events handed on and deliveries or looks due that may wait for"
        " threads; beyond that intake reads ten events a second. 0: any number",
    )
    intake_memory: Share = Field(
        0.85,
        description="The share of Redis' maxmemory above which intake waits",
    )
    release_seconds: Seconds = Field(
        1,
        description="Seconds that Release sleeps at most before it looks for due work",
    )
    traces: bool = Field(
        default=False,
        description="Whether spans are sent to OpenTelemetry, of events that have a"
        " traceparent; needs the extra otel, where to is in the variables"
        " OTEL_EXPORTER_OTLP_…",
    )
    allow_volatile_redis: bool = Field(
        default=False,
        description="Whether a Redis without AOF will do, where losing orders in a"
        " restart is fine",
    )
    assume_persistent: bool = Field(
        default=False,
        description="Whether its operator's word is taken that Redis keeps what it is"
        " given and evicts nothing: for a hosted one that reports no append-only file,"
        " or lets nobody ask INFO. What it does report against it still counts",
    )
    on_restore: Annotated[Literal["continue", "hold"], Lower] = Field(
        "continue",
        description="When Redis has come back with an older ledger: continue (it is"
        " reported) or hold (nothing is sent until `waybill doctor --accept-restore`)",
    )
    marks_url: MarksUrl = Field(
        "",
        repr=False,
        description="Where it is kept, too, how far the ledger had come, for when all"
        " workers go down with Redis: file:///var/lib/waybill/marks, or the URL of"
        " another Redis",
    )
    audit_key: Secret = Field(
        SecretStr(""),
        description="The key that signs what people do, see docs/acts.md; several with"
        " blanks between: the first signs, all verify",
    )
    http: HttpDoor = Field(default_factory=HttpDoor)
    results: Results = Field(default_factory=Results)
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Lower] = Field(
        "info", description="What is logged: debug, info, warning or error"
    )
    log_format: Annotated[Literal["json", "text"], Lower] = Field(
        "json", description="How it is logged: json (one object per line) or text"
    )

    @field_validator("redis_url", "broker_url", "marks_url")
    @classmethod
    def _to_sentinels(cls, url: str, found: ValidationInfo) -> str:
        password = found.data.get("sentinel_password") or SecretStr("")
        user = str(found.data.get("sentinel_user", ""))
        return with_sentinels_login(url, user, password.get_secret_value())

    @field_validator("deadline")
    @classmethod
    def _below_the_lease(cls, deadline: float, found: ValidationInfo) -> float:
        lease = found.data.get("lease")
        if lease is None:
            return deadline
        # A call waits for the replicas of its start first.
        awaited = durability_of(found.data.get("durability", "none")).seconds
        if deadline > (longest := longest_deadline(lease) - awaited):
            raise ValueError(
                f"must be at most {longest:g} with a lease of"
                f" {lease:g} s, so that a call's outcome is reported before its lease"
                " ends; lower it or raise WAYBILL_LEASE"
            )
        return deadline

    @field_validator("broker_url")
    @classmethod
    def _is_no_cluster(cls, url: str) -> str:
        if url and not is_amqp(url) and redis_address(url).nodes:
            raise ValueError(
                "must be set where the ledger is on a Redis Cluster, to a Redis that is"
                " none: Celery's queues cannot be on one"
            )
        return url

    @field_validator("stream")
    @classmethod
    def _is_no_partitions(cls, stream: str) -> str:
        if stream.startswith(keys.TAG):
            raise ValueError("must not begin as a partition's stream does, with {wb:")
        return stream

    @field_validator("marks_url")
    @classmethod
    def _elsewhere(cls, url: str, found: ValidationInfo) -> str:
        ledger = found.data.get("redis_url")
        other = url and not url.lower().startswith("file:")
        if other and ledger and same_server(url, ledger):
            raise ValueError(
                "must not be the ledger's own Redis, which would go back with it"
            )
        return url

    @field_validator("intake_pending")
    @classmethod
    def _at_least_a_batch(cls, pending: int, found: ValidationInfo) -> int:
        if pending < found.data.get("intake_batch", 0):
            raise ValueError("must not be less than WAYBILL_INTAKE_BATCH")
        return pending
