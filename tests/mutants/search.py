"""Has every layer look at the mistakes in the ledger, and prints what it saw."""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import redis

from tests.ledger.replay_seed import OPTIONS, server
from tests.mutants import layers
from tests.mutants.mutant import Mutant
from tests.mutants.table import LEDGER
from tests.redis_servers import running

EXAMPLES = 100

HEAD = (
    "| mistake | model: rule | walk: seed, step | machine: examples |\n"
    "|---|---|---|---|"
)

HELP = """examples:
  python -m tests.mutants.search                            all layers on all mistakes
  python -m tests.mutants.search --only "no dedup"          on this one alone
  python -m tests.mutants.search --examples 500             a longer search

A dash in the table: this layer did not notice, or has no such mistake.
Ends with 1 when no layer notices some mistake."""


@dataclass(frozen=True, slots=True)
class Row:
    """What each layer saw of one mistake, "" where it saw nothing."""

    name: str
    model: str
    walk: str
    machine: str

    @property
    def noticed(self) -> bool:
        return any((self.model, self.walk, self.machine))

    def __str__(self) -> str:
        return "| " + " | ".join(one or "-" for one in astuple(self)) + " |"


def look(client: "redis.Redis", mutant: Mutant, examples: int) -> Row:
    """Ask every layer, also when one has noticed already."""
    return Row(
        mutant.name,
        layers.model(mutant),
        layers.seeds(client, mutant),
        layers.examples(client, mutant, examples),
    )


def print_line(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 (progress, beside the table)


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants.search",
        description=__doc__,
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=LEDGER, metavar="MISTAKE")
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> str:
    """Print the table; what to print at the end, "" when all were noticed."""
    wanted, began = asked(arguments), time.monotonic()
    some = [LEDGER[wanted.only]] if wanted.only else list(LEDGER.values())
    rows = []
    with running(server(), *OPTIONS) as one, one.client() as client:
        for number, mutant in enumerate(some, 1):
            print_line(f"{number} of {len(some)}: {mutant.name}")
            rows.append(look(client, mutant, wanted.examples))
    print("\n".join((HEAD, *map(str, rows))))  # noqa: T201 (what the command is for)
    unseen = [row.name for row in rows if not row.noticed]
    seconds = time.monotonic() - began
    print_line(f"{len(rows) - len(unseen)} of {len(rows)} noticed, in {seconds:.0f} s")
    return f"unnoticed: {', '.join(unseen)}" if unseen else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or None)
