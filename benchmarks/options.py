"""What the command line of a benchmark may ask for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contenders import CONTENDERS


@dataclass(frozen=True, slots=True)
class Options:
    """One run's size.

    Attributes:
        contenders: names of those measured, in order.
        events: how many are drained for each figure.
        seconds: how long each steady rate is kept up.
        watches: how many orders the largest ledger watches.
        rounds: how often a drain is measured; the median counts.
        json: where the figures are written too, if anywhere.
    """

    contenders: tuple[str, ...]
    events: int
    seconds: float
    watches: int
    rounds: int
    json: Path | None


def options(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; ends the program with 2 when it is wrong."""
    parser = _parser()
    given = parser.parse_args(arguments)
    named = tuple(
        name
        for name in CONTENDERS
        if not given.only or any(part in name for part in given.only)
    )
    if not named:
        parser.error(f"--only: there are {', '.join(CONTENDERS)}")
    events, seconds = (200, 3.0) if given.quick else (2_000, 20.0)
    return Options(
        contenders=named,
        events=given.events or events,
        seconds=given.seconds or seconds,
        watches=given.watches or (20_000 if given.quick else 1_000_000),
        rounds=given.rounds,
        json=given.json,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Waybill beside a textbook pipeline.")
    parser.add_argument("--events", type=int, help="events to drain (2000)")
    parser.add_argument("--seconds", type=float, help="length of a steady rate (20)")
    parser.add_argument(
        "--watches", type=int, metavar="N", help="watched orders (1000000)"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        choices=range(1, 10),
        default=1,
        metavar="N",
        help="drains per figure, of which the median counts (1)",
    )
    parser.add_argument(
        "--only",
        action="append",
        metavar="PART",
        help=f"only contenders whose name has this part: {', '.join(CONTENDERS)}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--quick", action="store_true", help="200 events, 3 seconds")
    return parser
