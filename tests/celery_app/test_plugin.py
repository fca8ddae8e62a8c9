"""What Celery's command line reads before the app is put away, for our app alone."""

import pytest

from workers.celery_app import plugin

THEIRS = {"CELERY_VERSION": "5.3", "CELERY_WORKDIR": "/other", "SKIP_CHECKS": "perhaps"}
KEPT = {"CELERY_BROKER_URL": "redis://other", "PATH": "/bin", "NO_COLOR": "1"}


@pytest.mark.parametrize(
    "options",
    [
        ("-A", "workers"),
        ("-Aworkers",),
        ("--app", "workers"),
        ("--app=workers",),
        ("-q", "-A", "workers.celery"),
        ("-A", "workers.celery:app"),
        ("-A", "workers:app"),
    ],
)
def test_for_our_app_it_is_put_away(options: tuple[str, ...]) -> None:
    environ = THEIRS | KEPT | {"NO_COLOR": "anything"}

    plugin.clear(("celery", *options, "worker"), environ)

    assert environ == KEPT


@pytest.mark.parametrize(
    "arguments",
    [
        ("celery", "-A", "benchmarks.textbook", "worker"),
        ("celery", "-A", "other", "worker", "-n", "workers"),
        ("celery", "--app=workers_of_others", "worker"),
        ("celery", "-A"),
        ("celery",),
    ],
)
def test_for_another_app_nothing_changes(arguments: tuple[str, ...]) -> None:
    environ = THEIRS | KEPT

    plugin.clear(arguments, environ)

    assert environ == THEIRS | KEPT


def test_an_import_alone_changes_nothing() -> None:
    with pytest.raises(AttributeError, match="other"):
        _ = plugin.other
