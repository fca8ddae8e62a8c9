"""`waybill doctor`: checks settings, Redis, ledger, workers, queues and partners."""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import click
import redis

from waybill.acting import Whose, act_options
from waybill.console import TEXT, example, plain, print_json
from waybill.doctor.environment import (
    crowd_check,
    environment_checks,
    open_files_check,
    secret_checks,
)
from waybill.doctor.identity import deployment_check, namespace_check, renamed
from waybill.doctor.ledger import accepted, ledger_checks, stream_check
from waybill.doctor.queues import amqp_checks, crash_check, hint_checks
from waybill.doctor.redis import redis_checks
from waybill.doctor.restore import accepted_restore, marks_check, restore_checks
from waybill.doctor.workers import worker_checks
from waybill.trouble import LEDGER, place, trouble
from workers.fields.amqp_url import is_amqp
from workers.ledger.layout.layout import layout_of
from workers.partners import registry
from workers.partners.check import Check, CheckResult, ok, wrong
from workers.redis.address import same_server
from workers.redis.bounded_client import LOOKING, looking_client
from workers.redis.fitness import info_of, misplaced
from workers.settings.settings import Settings, SettingsError
from workers.settings.start_checks import redis_faults
from workers.wiring.calls import reach_of
from workers.wiring.ledger import as_wide

BROKER = "WAYBILL_BROKER_URL"
COLOURS = {
    CheckResult.OK: "green",
    CheckResult.WARNING: "yellow",
    CheckResult.WRONG: "red",
}


@click.command(epilog=example("waybill doctor", "waybill doctor --offline --json"))
@click.option("--offline", is_flag=True, help="Do not call partners.")
@click.option(
    "--accept-gap",
    is_flag=True,
    help="Settle what was dropped from the stream, and end.",
)
@click.option(
    "--accept-restore",
    is_flag=True,
    help="Take the ledger as it is now, send again, and end.",
)
@click.option(
    "--rename-deployment",
    "old_name",
    default="",
    type=TEXT,
    metavar="OLD",
    help="Give the ledger of OLD the name in WAYBILL_DEPLOYMENT, and end.",
)
@act_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_obj
def doctor(
    environ: Mapping[str, str], /, *, offline: bool, as_json: bool, **act: Any
) -> None:
    """Check everything that must be right before orders flow.

    Settings, Redis, the ledger, the workers, Celery's queues and the partners; each
    check shows ok, warning or wrong, and what to do. Nothing is changed, no endpoint is
    called and no secret is shown. Exit code 1 if anything is wrong.

    With --accept-gap nothing is checked: events that were dropped from the stream
    before they were admitted are taken for settled, and status is well again.

    With --accept-restore, too, nothing is checked: a ledger that was restored, or whose
    clock was set, is taken as it is, and what was held is sent.

    With --rename-deployment, too, nothing is checked: a ledger that belongs to OLD gets
    the name of this deployment, once no worker of another name is alive.

    Each of the three is an act of its own: two of them at once are refused.
    """
    done = _settled(environ, **act)
    if done is not None:
        click.echo(done)
        return
    found = []
    for check in checks(environ, offline=offline):
        found.append(check)
        if not as_json:
            _print(check)
    if as_json:
        print_json([check.members() for check in found])
    else:
        counts = Counter(check.verdict for check in found)
        click.echo("\n" + ", ".join(f"{counts[v]} {v}" for v in CheckResult))
    if any(check.verdict is CheckResult.WRONG for check in found):
        raise SystemExit(1)


def _settled(
    environ: Mapping[str, str],
    *,
    accept_gap: bool,
    accept_restore: bool,
    old_name: str,
    whose: Whose,
) -> str | None:
    """Do what is asked for in place of checks; None where nothing is.

    Raises:
        click.UsageError: several things are, each of which a person decides alone.
    """
    asked = {
        "--accept-gap": accept_gap,
        "--accept-restore": accept_restore,
        "--rename-deployment": old_name,
    }
    if len(several := [name for name, given in asked.items() if given]) > 1:
        listed = " and ".join(several)
        raise click.UsageError(
            f"{listed} are acts of their own: give one, then the other"
        )
    if accept_restore:
        return accepted_restore(environ, whose)
    if old_name:
        return renamed(environ, old_name, whose)
    return accepted(environ, whose) if accept_gap else None


def checks(environ: Mapping[str, str], *, offline: bool) -> Iterator[Check]:
    """Every check, one after the other, as far as the settings allow."""
    complete = True
    yield from environment_checks(environ)
    try:
        settings = Settings.load(environ)
        yield ok("settings", "complete")
        yield from secret_checks(settings)
        yield open_files_check(settings)
        yield from crowd_check(settings)
    except SettingsError as error:
        complete = False
        for problem in error.problems:
            yield wrong("settings", problem, "correct it, then look again")
        # What is wrong with partners must not hide what is wrong with Redis.
        try:
            settings = Settings.load_redis(environ)
        except SettingsError:
            return
    yield from _files(settings)
    reached = yield from _redis(settings, complete=complete)
    # A server that did not answer is not waited for a second time.
    if (
        reached
        or is_amqp(settings.broker_url)
        or not same_server(settings.redis_url, settings.broker_url)
    ):
        yield from _hints(settings, LOOKING if reached else LOOKING / 2)
    yield from marks_check(settings)
    yield crash_check()
    if complete:
        yield from _partners(settings, offline=offline)


def _files(settings: Settings) -> Iterator[Check]:
    """Files named in a Redis' URL that are of no use here."""
    urls = {settings.broker_url: BROKER, settings.redis_url: LEDGER}
    for url, setting in urls.items():
        for variable, what in redis_faults(setting, url):
            yield wrong("redis.files", f"{variable} {what}", f"correct {variable}")


def _redis(settings: Settings, *, complete: bool) -> Generator[Check, None, bool]:
    """The checks of the ledger's Redis; whether it has answered them all."""
    url = settings.redis_url
    client = looking_client(url, "doctor")
    try:
        client.ping()
        yield ok("redis.reached", f"Redis at {place(url)} answers")
        yield from redis_checks(client, settings)
        settings = as_wide(settings, layout_of(client, settings.partitions))
        yield from ledger_checks(client, settings, complete=complete)
        yield deployment_check(client, settings.deployment)
        yield namespace_check(client, settings.namespace, settings.partitions)
        yield stream_check(client, settings)
        yield from restore_checks(client, settings)
        if complete:
            yield from worker_checks(client, settings)
    except redis.RedisError as error:
        yield _trouble("redis.reached", error, url, LEDGER)
        return False
    finally:
        client.close()
    return True


def _hints(settings: Settings, seconds: float) -> Iterator[Check]:
    url = settings.broker_url
    if is_amqp(url):
        yield from amqp_checks(url)
        return
    client = looking_client(url, "doctor", seconds)
    try:
        # What is wrong with the ledger's own Redis is shown above.
        info = {} if url == settings.redis_url else info_of(client) or {}
        for found in misplaced(info, BROKER):
            message, _, advice = found.partition("; ")
            yield wrong("celery.queues", message, advice)
        yield from hint_checks(client)
    except redis.RedisError as error:
        setting = LEDGER if url == settings.redis_url else BROKER
        yield _trouble("celery.queues", error, url, setting)
    finally:
        client.close()


def _partners(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """All checks of the partners in use; offline, nothing leaves this machine.

    They are called the workers' way: with their proxies, and trusting whom they trust.
    """
    for spec in registry.PARTNERS:
        own = settings.sections[spec.name]
        yield from spec.calls().checks(own, reach_of(settings, spec.name), offline)


def _trouble(name: str, error: redis.RedisError, url: str, setting: str) -> Check:
    message, _, advice = trouble(error, url, setting).partition("; ")
    return wrong(name, message, advice)


def _print(check: Check) -> None:
    verdict = click.style(f"{check.verdict:<7}", fg=COLOURS[check.verdict])
    advice = f"; {check.advice}" if check.advice else ""
    click.echo(f"{verdict}  {check.name:<20}  {plain(check.message + advice)}")
