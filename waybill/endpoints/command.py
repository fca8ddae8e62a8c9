"""`waybill endpoints`: lists, shows, probes and switches receivers of notifications."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import chain

import click

from waybill.acting import Whose, act_options, actor_of, grounds, with_reason
from waybill.connect import Opened, now_ms, opened
from waybill.console import NAMED, TEXT, example, plain, print_json, print_table
from waybill.endpoints import unlisted, view
from waybill.endpoints.probe import Trial, probed
from waybill.endpoints.snapshot import EndpointSnapshot, look
from waybill.endpoints.unlisted import Unlisted, leavings, nobody_knows
from waybill.endpoints.unlisted import forget as forget_all
from workers.partners.ingram.calls import client as ingram_client
from workers.partners.ingram.settings import Ingram
from workers.redis.clock import RedisClock
from workers.wiring.calls import reach_of

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
NAME = click.argument("name", metavar="NAME", type=NAMED)


@click.group(epilog=example("waybill endpoints list"))
def endpoints() -> None:
    """List, show, test, disable, enable or forget the receivers of notifications.

    NAME is an endpoint's name in WAYBILL_INGRAM__ENDPOINTS.
    """


@endpoints.command(
    name="list",
    epilog=example("waybill endpoints list", "waybill endpoints list --json"),
)
@AS_JSON
@click.pass_obj
def list_(environ: Mapping[str, str], /, *, as_json: bool) -> None:
    """List the endpoints: enabled or not, and what waits for each.

    Those that the settings do not have are listed too, where a worker has brought them
    or notifications wait for them. Exit code 1 if one is disabled, fails, or has no
    secret that signs, or if notifications wait for one that no living worker knows.
    """
    with opened(environ) as ledger:
        found = look(ledger, ledger.settings.of(Ingram).endpoints)
        others = unlisted.look(ledger)
    if as_json:
        print_json(_documents(found, others))
    elif found or others:
        rows = chain(map(view.row, found), map(unlisted.row, others))
        wrapped = ("state", "gate")
        print_table(view.COLUMNS, rows, ("waiting", "leased"), wrapped)
    else:
        click.echo("There are no endpoints in WAYBILL_INGRAM__ENDPOINTS.")
    reasons = [reason for other in others for reason in other.reasons]
    _print_reasons(found, reasons, as_json=as_json)


@endpoints.command(epilog=example("waybill endpoints show acme"))
@NAME
@AS_JSON
@click.pass_obj
def show(environ: Mapping[str, str], /, name: str, *, as_json: bool) -> None:
    """Show all of one endpoint: state, limits, when secrets sign, what answers mean.

    No secret is shown, no header's value, and of the URL only the host. Exit code 1
    as in list.
    """
    with opened(environ) as ledger:
        (seen,) = look(ledger, [_known(ledger, name)])
    if as_json:
        print_json(view.document(seen) | view.details(seen))
    else:
        for title, value in view.lines(seen):
            click.echo(f"{title + ':':<17}{plain(value)}")
        click.echo("")
        columns = ("answer", "", "what becomes of the notification")
        print_table(columns, view.answer_rows(seen))
    _print_reasons([seen], [], as_json=as_json)


@endpoints.command(epilog=example("waybill endpoints test acme"))
@NAME
@AS_JSON
@click.pass_obj
def test(environ: Mapping[str, str], /, name: str, *, as_json: bool) -> None:
    """Send a test event, and explain the answer.

    It is signed and sent as any notification, once, with the header `waybill-test:
    true` and an order number that no ERP has; also to a disabled endpoint. Exit code
    1 unless a notification answered so would be delivered.
    """
    with opened(environ) as ledger:
        settings = ledger.settings.of(Ingram).endpoints[_known(ledger, name)]
        clock = RedisClock(ledger.client)
        reach = reach_of(ledger.settings, "ingram", 1, ledger.client, clock)
        client = ingram_client(ledger.settings.of(Ingram), reach)
        trial = probed(client, name, settings, now_ms(ledger.client))
    if as_json:
        print_json(asdict(trial))
    else:
        _print(trial, f"{settings.mode}, {view.host_of(settings.target_url)}")
    if not trial.well:
        raise SystemExit(1)


@endpoints.command(
    epilog=example(
        "waybill endpoints disable acme", 'waybill endpoints disable acme --why "moves"'
    )
)
@NAME
@click.option("--why", "shown", default="", type=TEXT, help="As --reason.")
@act_options
@click.pass_obj
def disable(
    environ: Mapping[str, str], /, name: str, *, shown: str, whose: Whose
) -> None:
    """Send an endpoint nothing more; what waits, and what comes, is kept.

    A call under way is finished and recorded. The reason is what list and show show.
    """
    with opened(environ, to_change=True) as ledger:
        by = actor_of(ledger.settings, replace(whose, why=whose.why or shown))
        known = _known(ledger, name)
        new = ledger.parts.endpoints.disable(known, grounds(by), by)
    click.echo(f"{name} {'is' if new else 'was already'} disabled; what comes waits.")


@endpoints.command(epilog=example("waybill endpoints enable acme"))
@NAME
@act_options
@click.pass_obj
def enable(environ: Mapping[str, str], /, name: str, *, whose: Whose) -> None:
    """Send an endpoint what waits for it, and what comes."""
    with opened(environ, to_change=True) as ledger:
        by = actor_of(ledger.settings, whose)
        new = ledger.parts.endpoints.enable(_known(ledger, name), by)
        (seen,) = look(ledger, [name])
    waits = f"; {seen.state.waiting} waited for it" if new else ""
    click.echo(f"{name} {'is' if new else 'was already'} enabled{waits}.")


@endpoints.command(epilog=example("waybill endpoints forget beta"))
@NAME
@click.option("--yes", is_flag=True, help="Do not ask whether.")
@act_options
@click.pass_obj
def forget(
    environ: Mapping[str, str], /, name: str, *, yes: bool, whose: Whose
) -> None:
    """Forget an endpoint that no worker knows, and discard what waits for it.

    For one that was taken out of the settings, or whose name was a mistake. What is
    discarded, dead letters among it, leaves a line in its order's timeline. What would
    go is counted and asked about first, and for a reason. Refused while a living worker
    knows the endpoint; what names it later is kept anew.
    """
    with opened(environ, to_change=True) as ledger:
        _check_unknown(ledger, name)
        found = leavings(ledger, name)
        if found.nothing:
            raise click.ClickException(f"nothing is known of {plain(name)}")
        click.echo(f"{plain(name)}: {found}")
        if not yes:
            click.confirm("Discard them and forget it?", abort=True)
        reasoned = with_reason(whose, "This cannot be undone")
        by = actor_of(ledger.settings, reasoned)
        # The answer may have taken its time.
        _check_unknown(ledger, name)
        discarded = forget_all(ledger, name, by)
    click.echo(f"{plain(name)} is forgotten; discarded: {discarded}.")


def _check_unknown(ledger: Opened, name: str) -> None:
    if not nobody_knows(ledger, [name]):
        raise click.ClickException(
            f"{plain(name)} is in the settings of a living worker, or of this command;"
            " take it out there first, or see `waybill endpoints disable`"
        )


def _documents(
    found: list[EndpointSnapshot], others: list[Unlisted]
) -> list[dict[str, object]]:
    listed = [view.document(seen) for seen in found]
    names = view.MEMBERS
    return listed + [unlisted.document(one, names) for one in others]


def _known(ledger: Opened, name: str) -> str:
    known = ledger.settings.of(Ingram).endpoints
    if name not in known:
        names = ", ".join(known) or "none"
        what = f"no endpoint is called {plain(name)!r}; there are: {names}"
        raise click.BadParameter(what, param_hint="NAME")
    return name


def _print(trial: Trial, way: str) -> None:
    answer = f"{trial.status} in {trial.ms} ms"
    if trial.status is None:
        answer = f"none ({trial.code})"
    click.echo(f"sent    {trial.event_type} to {trial.endpoint} ({way})")
    click.echo(f"event   {trial.event_id}")
    click.echo(f"answer  {answer}")
    click.echo(f"means   {plain(trial.explanation)}")


def _print_reasons(
    found: list[EndpointSnapshot], more: list[str], *, as_json: bool
) -> None:
    reasons = [reason for seen in found for reason in view.reasons(seen)]
    reasons += more
    for reason in reasons if not as_json else ():
        click.echo(f"not well: {plain(reason)}")
    if reasons:
        raise SystemExit(1)
