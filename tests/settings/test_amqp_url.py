"""URLs of RabbitMQ, and what Celery is set to for one."""

import ssl
from typing import Any

import pytest
from celery import Celery
from celery.utils.quorum_queues import detect_quorum_queues
from celery.worker.consumer.delayed_delivery import DelayedDelivery
from kombu import Connection

from tests.settings.environments import DECK, WESTCON, with_endpoint
from workers.celery_app.app import make_app
from workers.celery_app.settings import celery_settings
from workers.dispatch.queues import QUEUES
from workers.fields.amqp_url import amqp_address, is_amqp
from workers.settings.settings import Settings, SettingsError

COMPLETE = WESTCON | DECK | with_endpoint()
URL = "amqp://waybill:p%40ss%2Fword@rabbit.internal:5673/orders%2Feu"


def connection(url: str) -> Connection:
    """As kombu understands what Celery is set to."""
    settings = celery_settings(url)
    return Connection(settings["broker_url"], ssl=settings["broker_use_ssl"])


def test_kombu_reads_what_was_written() -> None:
    made = connection(URL)

    assert (made.hostname, made.port) == ("rabbit.internal", 5673)
    assert (made.userid, made.password) == ("waybill", "p@ss/word")
    assert made.virtual_host == "orders/eu"
    assert made.transport_cls == "amqp"


@pytest.mark.parametrize(
    ("url", "port", "virtual_host"),
    [
        ("amqp://rabbit", 5672, "/"),
        ("amqp://rabbit/", 5672, "/"),
        ("amqp://rabbit/%2F", 5672, "/"),
        ("amqps://rabbit/eu", 5671, "eu"),
        ("amqp://[2001:db8::1]:5673/eu", 5673, "eu"),
    ],
)
def test_what_is_left_out_is_rabbitmqs_own(
    url: str, port: int, virtual_host: str
) -> None:
    address, made = amqp_address(url), connection(url)

    assert (address.port, address.virtual_host) == (port, virtual_host)
    assert made.port == port
    assert made.virtual_host == virtual_host
    assert made.hostname == address.host


def test_certificates_are_checked_over_tls() -> None:
    options = "ssl_ca_certs=/etc/ca.pem&ssl_certfile=/etc/c.pem&ssl_keyfile=/etc/k.pem"

    settings = celery_settings(f"amqps://waybill:pass@rabbit/eu?{options}")

    assert settings["broker_use_ssl"] == {
        "ca_certs": "/etc/ca.pem",
        "certfile": "/etc/c.pem",
        "keyfile": "/etc/k.pem",
        "cert_reqs": ssl.CERT_REQUIRED,
        "server_hostname": "rabbit",
    }
    assert celery_settings("amqp://rabbit")["broker_use_ssl"] is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("AMQP://rabbit", "in lower case"),
        ("amqp://", "has no host"),
        ("amqp:///eu", "has no host"),
        ("amqp://user:p@ss@rabbit/eu/more", "percent-encode"),
        ("amqp://user:pa ss@rabbit", "percent-encode"),
        ("amqp://user:pa#ss@rabbit", "percent-encode"),
        ("amqp://user:50%@rabbit", "percent-encode"),
        ("amqp://user:hunter2/@rabbit", "percent-encode"),
        ("amqp://:hunter2@rabbit", "has a password and no user"),
        ("amqp://rabbit:70000", "percent-encode"),
        ("amqp://rabbit?heartbeat=1", "may have after its ? only"),
        ("amqps://rabbit?ssl_cert_reqs=none", "may have after its ? only"),
        ("amqp://rabbit?ssl_ca_certs=/ca.pem", "with amqps://"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_without_its_secret(
    url: str, why: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load(COMPLETE | {"WAYBILL_BROKER_URL": url})

    assert why in str(refused.value)
    assert "WAYBILL_BROKER_URL" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_ledger_is_on_a_redis_whatever_carries_hints() -> None:
    with pytest.raises(SettingsError, match="WAYBILL_REDIS_URL must be redis://"):
        Settings.load(COMPLETE | {"WAYBILL_REDIS_URL": URL})


def test_no_password_is_shown() -> None:
    assert "waybill" not in repr(amqp_address(URL)).replace("AmqpAddress", "")
    assert amqp_address(URL).shown == "amqp://rabbit.internal:5673/orders%2Feu"
    loaded = Settings.load(COMPLETE | {"WAYBILL_BROKER_URL": URL})
    assert "p%40ss" not in repr(loaded)


def test_rabbitmq_keeps_hints_in_quorum_queues_that_give_up_on_what_ends_workers() -> (
    None
):
    app = Celery(broker="amqp://rabbit")
    app.conf.update(celery_settings("amqp://rabbit"))

    queues = {one.name: one for one in app.conf.task_queues}
    assert set(queues) == set(QUEUES)
    for queue in queues.values():
        arguments = queue.queue_arguments
        assert arguments == {"x-queue-type": "quorum", "x-delivery-limit": 2}
        assert queue.durable
    # By which Celery knows that such queues bear no limit for all consumers together.
    assert detect_quorum_queues(app, "amqp")[0] is True


def test_celery_makes_no_queues_for_tasks_that_wait() -> None:
    make_app(COMPLETE | {"WAYBILL_BROKER_URL": URL})

    step: Any = DelayedDelivery
    assert step.include_if(step, None) is False


def test_a_silent_rabbitmq_is_given_up() -> None:
    settings = celery_settings("amqp://rabbit")

    assert settings["broker_heartbeat"] == 5
    assert settings["broker_connection_timeout"] == 5
    options = settings["broker_transport_options"]
    assert (options["read_timeout"], options["write_timeout"]) == (5, 5)
    # One that comes back is waited for, however long.
    assert settings["broker_connection_max_retries"] is None
    assert settings["broker_connection_retry_on_startup"] is True


def test_nothing_of_redis_is_asked_of_rabbitmq_and_nothing_of_it_of_redis() -> None:
    rabbit = celery_settings("amqp://rabbit")["broker_transport_options"]
    redis = celery_settings("redis://localhost/0")

    assert set(rabbit) == {"read_timeout", "write_timeout", "client_properties"}
    assert "broker_heartbeat" not in redis
    for queue in redis["task_queues"]:
        assert queue.queue_arguments is None


@pytest.mark.parametrize("url", ["redis://r", "rediss://r", "unix:///r", "amqpx://r"])
def test_all_else_is_no_rabbitmq(url: str) -> None:
    assert not is_amqp(url)


@pytest.mark.parametrize(
    "name",
    [
        *("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL"),
        *("CELERY_BROKER_TRANSPORT", "CELERY_BROKER_HEARTBEAT", "BROKER_URL"),
    ],
)
def test_celerys_own_variables_do_not_take_over(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    strange: dict[str, Any] = {name: "amqp://elsewhere:5672/"}
    for variable, text in strange.items():
        monkeypatch.setenv(variable, text)

    app = make_app(COMPLETE | {"WAYBILL_BROKER_URL": URL} | strange)

    for made in (app.connection_for_read(), app.connection_for_write()):
        assert made.hostname == "rabbit.internal"
    assert app.conf.broker_heartbeat == 5
