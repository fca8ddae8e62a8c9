"""Variables of other applications and platforms change nothing of ours."""

import os
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings

from tests.settings import strangers
from tests.settings.environments import DECK, WESTCON, problems, with_endpoint
from workers.celery_app.app import make_app
from workers.celery_app.foreign_variables import foreign
from workers.dispatch.queues import QUEUES
from workers.settings.settings import Settings

OURS = WESTCON | DECK | with_endpoint() | {"WAYBILL_REDIS_URL": "redis://ours:6380/3"}
#: Whose variables stay: Flower's are for its operator, kombu's only log more.
OTHERS = ("FLOWER", "KOMBU")
HEALTH = {"WAYBILL_HEALTH_PORT": "tcp://10.0.0.1:80"}


@hypothesis_settings(max_examples=60, deadline=None)
@given(strangers.environments())
@example(HEALTH)
def test_settings_are_the_same_among_any_strangers(theirs: dict[str, str]) -> None:
    assert Settings.load(theirs | OURS) == Settings.load(OURS)


@hypothesis_settings(max_examples=40, deadline=None)
@given(strangers.environments())
@example({"CELERY_BROKER_READ_URL": strangers.ELSEWHERE})
@example({"CELERY_BROKER_WRITE_URL": strangers.ELSEWHERE})
@example({"CELERY_CONFIG_MODULE": "other.celeryconfig"})
@example({"CELERY_LOADER": "other.loaders:Loader"})
def test_the_app_speaks_to_our_redis_among_any_strangers(
    theirs: dict[str, str],
) -> None:
    with strangers.process_environment(theirs | OURS):
        app = make_app(os.environ)
        conf: Any = app.conf

        urls = {conf.broker_url, conf.broker_read_url, conf.broker_write_url}
        assert urls == {OURS["WAYBILL_REDIS_URL"]}
        assert app.connection_for_write().hostname == "ours"
        assert conf.result_backend is None
        assert (conf.timezone, conf.worker_pool) == ("UTC", "threads")
        assert tuple(sorted(app.amqp.queues)) == tuple(sorted(QUEUES))


@hypothesis_settings(max_examples=30, deadline=None)
@given(strangers.kubernetes())
def test_a_service_takes_no_setting_from_its_place(theirs: dict[str, str]) -> None:
    given_too = OURS | {"WAYBILL_LEASE": "45"}

    assert Settings.load(theirs | given_too).lease == 45
    assert set(foreign(theirs).hidden) <= {"WAYBILL_HEALTH_PORT"}


def test_a_setting_that_a_service_hides_is_not_set_and_is_named() -> None:
    assert Settings.load(OURS | HEALTH).health_port == 0
    assert foreign(OURS | HEALTH).hidden == ("WAYBILL_HEALTH_PORT",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WAYBILL_HEALTH_PROT", "9100"),
        ("WAYBILL_HEALT_PORT", "9100"),
        ("WAYBILL_SERVICE_HOST", "waybill.example"),
        ("WAYBILL_SERVICE_PORT", "http"),
        ("WAYBILL_PORT", "6379"),
        ("WAYBILL_PORT", "http://10.0.0.1:80"),
        ("WAYBILL_PORT_80_TCP_ADDR", "10.0.0.256"),
        ("WAYBILL_NAME", "waybill"),
        ("WAYBILL_REDIS_ENV_URL", "redis://h"),
        ("WAYBILL_HEALTH_PORTS", "tcp://10.0.0.1:80"),
    ],
)
def test_what_only_looks_like_a_services_variable_is_refused_as_misspelt(
    name: str, text: str
) -> None:
    (problem,) = problems(OURS | {name: text})

    assert problem.startswith(f"{name} is no setting")


def test_a_platforms_value_in_another_setting_is_a_mistake() -> None:
    (problem,) = problems(OURS | {"WAYBILL_LEASE": "tcp://10.0.0.1:80"})

    assert problem.startswith("WAYBILL_LEASE must be a number")


@pytest.mark.parametrize(
    "name", [n for n in strangers.LIBRARIES if n.partition("_")[0] not in OTHERS]
)
def test_a_variable_that_libraries_would_obey_is_named_without_its_value(
    name: str,
) -> None:
    found = foreign(OURS | {name: "C4N4RY"})

    assert found.ignored == (name,)
    assert "C4N4RY" not in repr(found)


def test_what_celerys_command_line_copied_is_named_by_where_it_came_from() -> None:
    both = {"BROKER_URL": "redis://x", "CELERY_BROKER_URL": "redis://x"}

    assert foreign(both).ignored == ("BROKER_URL",)
