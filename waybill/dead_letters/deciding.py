"""`waybill dead-letters replay` and `discard`: by ids, or by the filters of `list`."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from waybill.acting import act_options, actor_of, with_reason
from waybill.connect import Opened, lasting_client, now_ms, opened
from waybill.console import NAMED, amount, example, plain, print_json
from waybill.dead_letters import acts
from waybill.dead_letters.answers import printed
from waybill.dead_letters.canary import Canary
from waybill.dead_letters.selection import (
    PREFIXES,
    Filters,
    filter_options,
    filters_of,
    matches,
)
from waybill.finite import RATES, Finite
from waybill.progress import counted
from workers.ledger.audit.actor import Actor
from workers.ledger.dead_letters import DeadLetters
from workers.ledger.letters.acts import Replayed

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
EVERY = click.option("--all", "every", is_flag=True, help="All dead letters.")
DRY = click.option(
    "--dry-run", is_flag=True, help="Print what would be done, and do nothing."
)
RATE = click.option(
    "--rate",
    type=RATES,
    help="Letters a second at most; not given: one after the other.",
)


@click.command(
    epilog=example(
        "waybill dead-letters replay delivery:7H2K.acme",
        "waybill dead-letters replay --fingerprint 3f1c0b7a92de --dry-run",
        "waybill dead-letters replay --destination deck --canary 3 --rate 10",
    )
)
@click.argument("ids", metavar="[ID]...", nargs=-1, type=NAMED)
@EVERY
@filter_options
@DRY
@click.option(
    "--canary",
    type=click.IntRange(min=1),
    help="Replay so many first, wait for what becomes of them, and stop if one fails.",
)
@click.option(
    "--canary-wait",
    default=60.0,
    show_default=True,
    type=Finite(min=0),
    help="Seconds for which their outcome is waited for.",
)
@RATE
@click.option("--again", is_flag=True, help="Also those that were replayed twice.")
@act_options
@AS_JSON
@click.pass_obj
def replay(environ: Mapping[str, str], /, ids: tuple[str, ...], **given: Any) -> None:
    """Send dead letters on their way again, each with all its attempts.

    Which ones is said by IDs, by filters, or by --all. The prefix of an ID (delivery:,
    watch:PARTNER:, event:) may be left out when only one dead letter is meant. Each is
    replayed once, whenever the command ends; given again, it goes on with the others.
    Exit code 1 if one was not replayed.
    """
    _check_choice(ids, given)
    with opened(environ, to_change=True, client_of=lasting_client) as ledger:
        filters = filters_of(ledger, given)
        if given["dry_run"]:
            plan = partial(acts.plan_replay, again=given["again"])
            _print_plan(_planned(ledger, ids, filters, plan), given)
            return
        by = _actor(ledger, given, filters, ids)
        with printed(as_json=given["as_json"]) as results:
            results.update(_replayed(ledger, ids, filters, by, given))
    _check_all(results, "replayed")


@click.command(
    epilog=example(
        'waybill dead-letters discard event:1760-0 --reason "sent anew as e-78"',
        "waybill dead-letters discard --code malformed --older 30d --dry-run",
    )
)
@click.argument("ids", metavar="[ID]...", nargs=-1, type=NAMED)
@EVERY
@filter_options
@DRY
@RATE
@act_options
@AS_JSON
@click.pass_obj
def discard(environ: Mapping[str, str], /, ids: tuple[str, ...], **given: Any) -> None:
    """Forget dead letters: nothing will ever send them.

    Which ones is said as for replay. Asks for a reason, or takes it from --reason. Exit
    code 1 if one was not discarded.
    """
    _check_choice(ids, given)
    if not given["dry_run"]:
        given["whose"] = with_reason(given["whose"], "This cannot be undone")
    with opened(environ, to_change=True, client_of=lasting_client) as ledger:
        filters, letters = filters_of(ledger, given), ledger.parts.dead_letters
        if given["dry_run"]:
            _print_plan(_planned(ledger, ids, filters, acts.plan_discard), given)
            return
        by, pause = _actor(ledger, given, filters, ids), _pause(given["rate"])
        with printed(as_json=given["as_json"]) as results:
            if ids:
                chosen = ((id_, _act(letters, id_, by, letters.discard)) for id_ in ids)
                results.update(chosen)
            else:
                found = acts.meant(letters, filters)
                done = acts.discard(letters, found, by, pause)
                results.update(counted("letters done", done, len(found)))
    _check_all(results, "discarded")


def _check_choice(ids: tuple[str, ...], given: Mapping[str, Any]) -> None:
    """Raises click.UsageError where it is not said, or said twice, which are meant."""
    names = ("kind", "order", "destination", "code", "fingerprint", "older", "newer")
    filtered = any(given[name] not in ("", None) for name in names)
    if ids and (filtered or given["every"]):
        raise click.UsageError("give ids, or filters, or --all, and not two of them")
    if ids and (given["rate"] or given.get("canary")):
        raise click.UsageError("--rate and --canary go with filters or --all")
    if not (ids or filtered or given["every"]):
        raise click.UsageError("say which: ids, filters as list has them, or --all")


def _actor(
    ledger: Opened, given: Mapping[str, Any], filters: Filters, ids: tuple[str, ...]
) -> Actor:
    chosen = "" if ids else filters.text() or "all"
    return actor_of(ledger.settings, given["whose"], filters=chosen)


def _planned(
    ledger: Opened,
    ids: tuple[str, ...],
    filters: Filters,
    plan: Callable[[DeadLetters, Filters], acts.Plan],
) -> acts.Plan:
    if ids:
        raise click.UsageError("--dry-run goes with filters or --all: ids are known")
    return plan(ledger.parts.dead_letters, filters)


def _replayed(
    ledger: Opened,
    ids: tuple[str, ...],
    filters: Filters,
    by: Actor,
    given: Mapping[str, Any],
) -> Iterator[tuple[str, str]]:
    """What is answered to each, once it is done.

    Raises:
        click.ClickException: of those that went first one failed, or nobody knows yet;
            the others stay.
    """
    letters, again = ledger.parts.dead_letters, given["again"]
    most = 0 if again else acts.MOST

    def one(id_: str, by: Actor) -> str:
        return letters.send(id_, by, most=most).word

    if ids:
        yield from ((id_, _act(letters, id_, by, one)) for id_ in ids)
        return
    pause = _pause(given["rate"])
    found, few = acts.meant(letters, filters), given["canary"] or 0
    first, rest = acts.split(letters, found, few, most)
    if few and not first:
        yield from zip(found, letters.would_replay(found, most), strict=True)
        return
    began, sent = now_ms(ledger.client), dict[str, Replayed]()
    for id_, replayed in acts.replay(letters, first, by, pause, again=again):
        sent[id_] = replayed
        yield id_, replayed.word
    if first:
        _follow(ledger, sent, began, given["canary_wait"])
    others = acts.replay(letters, rest, by, pause, again=again)
    for id_, replayed in counted("letters done", others, len(rest)):
        yield id_, replayed.word


def _follow(
    ledger: Opened, sent: Mapping[str, Replayed], since_ms: int, seconds: float
) -> None:
    """Wait for what becomes of the first ones.

    Raises:
        click.ClickException: one failed, or nobody knows yet; the others stay.
    """
    taken = {id_: one for id_, one in sent.items() if one.word == "replayed"}
    partitions = ledger.settings.partitions
    canary = Canary(ledger.client, ledger.parts.stream, partitions)
    found = canary.outcomes(taken, since_ms, seconds)
    for id_, word in found.items():
        click.echo(f"{plain(id_)}  {word or 'not known yet'}", err=True)
    if not taken:
        what = f"the first {len(sent)} were left as they are"
        raise click.ClickException(f"{what}: nothing was replayed")
    if any(word != "done" for word in found.values()):
        what = "failed" if "failed" in found.values() else "have no outcome yet"
        raise click.ClickException(
            f"the first {len(sent)} {what}: nothing else was replayed"
        )


def _pause(rate: float | None) -> Callable[[], object]:
    return (lambda: time.sleep(1 / rate)) if rate else lambda: None


def _act(
    letters: DeadLetters, given: str, by: Actor, act: Callable[[str, Actor], str]
) -> str:
    """Do it to the one letter that is meant; a word of `view.ANSWERS`."""
    found = matches(letters, given)
    if len(found) > 1:
        return "ambiguous"
    # Nothing dead: the script answers whether the item is gone or only not dead.
    ids = found or [given, *(prefix + given for prefix in PREFIXES)]
    result = (act(id_, by) for id_ in ids)
    return next((answer for answer in result if answer != "gone"), "gone")


def _print_plan(plan: acts.Plan, given: Mapping[str, Any]) -> None:
    if given["as_json"]:
        print_json(asdict(plan))
        return
    click.echo(
        f"{amount(plan.count, 'dead letter')}, the oldest of {plan.oldest or '-'}"
    )
    for name, count in sorted(plan.destinations.items()):
        where = f"to {plain(name)}" if name else "of the stream"
        click.echo(f"  {count:,} {where}")
    for name, ids in (("superseded", plan.superseded), ("replayed twice", plan.again)):
        if ids:
            shown = ", ".join(map(plain, ids[:3])) + " …" * (len(ids) > 3)  # noqa: PLR2004 - examples
            click.echo(f"  {len(ids):,} {name}, left as they are: {shown}")
    click.echo("Nothing was done.")


def _check_all(results: Mapping[str, str], wanted: str) -> None:
    """Raises SystemExit where something else was answered of one."""
    if any(result != wanted for result in results.values()):
        raise SystemExit(1)
