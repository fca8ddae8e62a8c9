"""What the command line of a benchmark may ask for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contenders import CONTENDERS, PAIR


@dataclass(frozen=True, slots=True)
class Options:
    """One run's size.

    Attributes:
        contenders: names of those measured, in order.
        events: how many are drained for each figure.
        seconds: how long each steady rate is kept up.
        watches: how many orders the largest ledger watches.
        rounds: how often a drain is measured; the median counts.
        quick: whether a look is enough: fewer cases, smaller ones.
        parts: names of the parts that are measured; none is all that are usual.
        json: where the figures are written too, if anywhere.
        before: what another run wrote, to be printed beside the goals.
    """

    contenders: tuple[str, ...]
    events: int
    seconds: float
    watches: int
    rounds: int
    quick: bool
    parts: tuple[str, ...]
    json: Path | None
    before: Path | None


def options(
    arguments: Sequence[str] | None = None, parts: Sequence[str] = ()
) -> Options:
    """Read the command line; ends the program with 2 when it is wrong.

    Args:
        arguments: of the command line, None for the program's own.
        parts: names that `--part` may have.
    """
    parser = _parser(parts)
    given = parser.parse_args(arguments)
    named = tuple(
        name
        for name in (CONTENDERS if given.only else PAIR)
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
        quick=given.quick,
        parts=tuple(given.part or ()),
        json=given.json,
        before=given.before,
    )


def _parser(parts: Sequence[str]) -> argparse.ArgumentParser:
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
        help=f"only contenders whose name has this part: {', '.join(CONTENDERS)};"
        f" without it {' and '.join(PAIR)}",
    )
    if parts:
        parser.add_argument(
            "--part",
            action="append",
            choices=parts,
            metavar="ROW",
            help=f"only this part, again for a second one: {', '.join(parts)}",
        )
    else:
        parser.set_defaults(part=())
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument(
        "--before", type=Path, metavar="FILE", help="figures to print beside the goals"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a look: fewer and smaller cases"
    )
    return parser
