"""Text view of the summary, and next steps for a demo that stays up."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from serializers.formats.instants import rfc3339
from waybill.demo.stage import USER, Console, Stage
from waybill.demo.story import GLOBEX
from waybill.demo.summary import DeadLetterEnd, Moment, Summary


def summary_text(summary: Summary) -> str:
    """The whole summary, as a person reads it."""
    return "\n".join(_lines(summary))


def _lines(summary: Summary) -> Iterator[str]:
    yield ""
    yield from _counts(summary)
    yield from (f"  {'':14}{_dead_letter(one)}" for one in summary.dead_letters)
    yield ""
    yield f"{summary.order}, as the ledger holds it:"
    yield from (f"  {_moment(moment)}" for moment in summary.timeline)
    yield ""
    if summary.ok:
        yield (
            "All is well: the partners saw what the story asks for, no more and no"
            f" less, in {summary.seconds:.1f} s."
        )
        return
    yield f"NOT WELL: {len(summary.deviations)} deviations from the story:"
    yield from (f"  {one}" for one in summary.deviations)


def _counts(summary: Summary) -> Iterator[str]:
    events, polls = summary.events, summary.polls
    kinds = ", ".join(f"{n} {kind}" for kind, n in events.by_type.items())
    yield _row("events", f"{events.published} for {events.orders} orders: {kinds};")
    yield _row(
        "", f"{events.repeated} came twice, and {events.malformed} more was malformed"
    )
    yield _row(
        "polls",
        f"{polls.calls} calls to Westcon, {polls.orders_per_call:.1f} orders per call",
    )
    made = (f"{n} as {form.upper()}" for form, n in summary.links.items())
    yield _row("links", ", ".join(made))
    yield _row(
        "notifications",
        f"{summary.delivered} delivered, {summary.verified} verified by the receiver",
    )
    for name, one in summary.endpoints.items():
        way = "through Ingram's relay" if name == GLOBEX else "direct"
        refused = f", {one.refused} refused" if one.refused else ""
        text = f"{one.delivered} with {one.transitions} transitions{refused}"
        yield _row("", f"{name} ({way}): {text}")
    yield _row("retries", str(summary.retries))
    yield _row("dead letters", str(len(summary.dead_letters)))


def _row(name: str, text: str) -> str:
    return f"{name:16}{text}"


def _dead_letter(letter: DeadLetterEnd) -> str:
    of = f" of {letter.order} to {letter.destination}" if letter.order else ""
    held = f"{letter.kind}{of}, {letter.payload_bytes} bytes"
    return f"{held}: {letter.reason} → {letter.became}"


def _moment(moment: Moment) -> str:
    time = rfc3339(moment.ms).partition("T")[2].removesuffix("Z")
    return f"{time}  {moment.line}"


def playground(stage: Stage, console: Console, folder: Path, programs: Path) -> str:
    """What to try while the demo stays up.

    Args:
        stage: what runs.
        console: beside it.
        folder: where the logs are.
        programs: where `waybill` and `celery` are.
    """
    waybill, celery = programs / "waybill", programs / "celery"
    return "\n".join(
        (
            "",
            f"Console      {console.url}",
            f"             user {USER}, password {console.password}",
            f"Flower       {stage.flower.url}",
            f"             user {USER}, password {stage.flower.password}",
            f"Stand-ins    {stage.control.url}/_sandbox/health",
            f"Logs         {folder}",
            "",
            "In another terminal, first the settings:",
            "",
            *exports(stage),
            "",
            "then an order of your own, which Westcon's stand-in must know too:",
            "",
            f"curl -s -X PUT {stage.control.url}/_sandbox/orders/6000002001 -d '{{}}'",
            f"echo {shlex.quote(_EVENT)} | {waybill} publish -",
            f"{waybill} explain SO-2001",
            f"{waybill} status",
            f"{waybill} dead-letters list",
            f"{celery} -A workers inspect active",
            "",
            "What the stand-ins can be made to do, troubles too: docs/sandbox.md",
            "",
            "Ctrl-C ends it all.",
        )
    )


_EVENT = (
    '{"specversion":"1.0","id":"evt-2001","source":"/erp/demo","type":"order.placed",'
    '"data":{"order_number":"SO-2001","customer_id":"C-2001",'
    '"westcon":{"order_number":"6000002001"}}}'
)


def exports(stage: Stage) -> Iterator[str]:
    """The settings of the first worker, for a shell."""
    for name, value in stage.settings.items():
        yield f"export {name}={shlex.quote(value)}"
