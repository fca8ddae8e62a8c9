"""`waybill demo`: the end-to-end demo on this machine, in about half a minute."""

import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import redis

from serializers.timeline.entry import Entry
from waybill.demo.expectation import expectation
from waybill.demo.play import Play
from waybill.demo.processes import DemoError, InterruptedDemoError, Patience, patience
from waybill.demo.progress import progress
from waybill.demo.redis_server import NoRedisError
from waybill.demo.stage import Stage, stage
from waybill.demo.story import demo_story
from waybill.demo.summary import Summary, summary
from waybill.demo.view import playground, summary_text
from workers.ledger.views.order_story import story as ledger_story

#: What a shell calls the end by Ctrl-C.
INTERRUPTED = 130
_LOOK_SECONDS = 0.5
_EXPECTED_TROUBLES = (DemoError, NoRedisError, OSError, redis.RedisError)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for.

    Attributes:
        keep: stay up afterwards.
        as_json: the summary as JSON on standard output, all else on standard error.
        plain: lines instead of a live table.
        verbose: print every process's log at the end.
    """

    keep: bool = False
    as_json: bool = False
    plain: bool = False
    verbose: bool = False


@click.command()
@click.option("--keep", is_flag=True, help="Stay up afterwards, until Ctrl-C.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the summary as JSON; progress goes to standard error.",
)
@click.option("--plain", is_flag=True, help="Print lines instead of a live table.")
@click.option("--verbose", is_flag=True, help="Print every process's log at the end.")
def demo(*, keep: bool, as_json: bool, plain: bool, verbose: bool) -> None:
    """Play the whole walk on this machine, and check what came of it.

    Starts Redis, stand-ins for all partners, two workers and Flower on free ports of
    the loopback; publishes the events of 25 orders; lets a receiver stumble, another
    one fail for good, and an event be malformed; compares what the partners saw with
    what the story asks for. Exits with 0 when nothing is missing, doubled, out of
    order or wrongly signed, else with 1. Everything is ended and removed afterwards.

    With WAYBILL_REDIS_URL it uses that Redis, whose database must be empty and is
    emptied afterwards. No other setting of the environment is looked at.

    Example: waybill demo --keep
    """
    wishes = Wishes(keep=keep, as_json=as_json, plain=plain, verbose=verbose)
    sys.exit(run(os.environ, wishes))


def run(environ: Mapping[str, str], wishes: Wishes) -> int:
    """Play the demo; the exit code: 0 all is well, 1 not, 130 after a Ctrl-C.

    The folder with logs and Redis' files is removed, and kept when all is not well.
    """
    folder = Path(tempfile.mkdtemp(prefix="waybill-demo-"))
    code = 1
    try:
        with patience() as waits:
            code = _code(environ, wishes, folder, waits)
    finally:
        if wishes.verbose:
            _show_logs(folder)
        if code == 1:
            _remark(f"The logs are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return code


def _code(
    environ: Mapping[str, str], wishes: Wishes, folder: Path, waits: Patience
) -> int:
    try:
        with stage(environ, folder, waits) as ready:
            well = _performed(ready, wishes, waits)
            if wishes.keep:
                _keep(environ, ready, folder, waits)
    except InterruptedDemoError:
        _remark("Interrupted: everything was ended, nothing is left behind.")
        return INTERRUPTED
    except _EXPECTED_TROUBLES as error:
        _remark(f"waybill demo: {error}")
        return 1
    return 0 if well else 1


def _performed(ready: Stage, wishes: Wishes, waits: Patience) -> bool:
    """Play, check and sum up; whether all is well."""
    story = demo_story(time.time_ns() // 1_000_000)
    expected = expectation(story)
    progress_to = sys.stderr if wishes.as_json else sys.stdout
    with progress(progress_to, plain=wishes.plain or wishes.as_json) as shown:
        played = Play(story, expected, ready, shown, waits).run()
    summed = summary(story, expected, played, _timeline(ready, story.shown))
    _print(summed, as_json=wishes.as_json)
    return summed.ok


def _timeline(ready: Stage, order: str) -> tuple[Entry, ...]:
    ledger = ready.ledger
    known = list(ledger.destinations)
    found = ledger_story(ledger.client, order, known, ledger.places)
    return found.timeline if found is not None else ()


def _keep(
    environ: Mapping[str, str], ready: Stage, folder: Path, waits: Patience
) -> None:
    """Stay up with a console, and print what to try."""
    # Only here: who installed the demo alone has not what the console needs.
    from waybill.demo.console import console  # noqa: PLC0415

    programs = Path(sys.executable).parent
    with console(environ, ready, folder, programs, waits) as (running, beside):
        _remark(playground(running, beside, folder, programs))
        _stay_up(running, waits)


def _stay_up(ready: Stage, waits: Patience) -> None:
    """Wait for Ctrl-C; raises DemoError when a process ends before."""
    # Ctrl-C is how a demo that stays up is meant to end.
    with contextlib.suppress(InterruptedDemoError):
        while True:
            ready.check_running()
            waits.pause(_LOOK_SECONDS)


def _print(summed: Summary, *, as_json: bool) -> None:
    text = json.dumps(asdict(summed), indent=2) if as_json else summary_text(summed)
    print(text, flush=True)
    if as_json and not summed.ok:
        _remark("NOT WELL:\n  " + "\n  ".join(summed.deviations))


def _show_logs(folder: Path) -> None:
    for log in sorted(folder.glob("*.log")):
        _remark(f"--- {log.name}\n{log.read_text(errors='replace')}")


def _remark(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
