"""`make mutants`: every planted mistake, and the test of its promise that notices."""

import argparse
import os
import queue
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.mutants import page
from tests.mutants.copies import ROOT, copied
from tests.mutants.mutant import Mutant
from tests.mutants.noticing import fails_soundly, noticed
from tests.mutants.page import Row
from tests.mutants.table import MUTANTS

HELP = """examples:
  python -m tests.mutants.run                      all of them, and the table
  python -m tests.mutants.run --write              and into docs/reliability.md
  python -m tests.mutants.run --only "no dedup"    this one alone
  python -m tests.mutants.run --promise 19         those that break this promise

First the tests run without a mistake, and all of them must pass. PYTEST_WORKERS is
the number of mistakes that are tried at once, by default 2. Ends with 1 when one is
not noticed."""


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants.run",
        description=__doc__,
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=MUTANTS, metavar="MISTAKE")
    parser.add_argument("--promise", type=int, metavar="N")
    parser.add_argument(
        "--write",
        action="store_true",
        help="put the table of a whole run into docs/reliability.md",
    )
    chosen = parser.parse_args(arguments)
    if chosen.write and (chosen.only or chosen.promise):
        parser.error("--write is for a run of all mistakes: the page shows them all")
    return chosen


def main(arguments: Sequence[str]) -> int:
    """Try the mistakes that are asked for; 1 when one was not noticed."""
    chosen, began = asked(arguments), time.monotonic()
    some = [
        one
        for one in MUTANTS.values()
        if chosen.only in {None, one.name} and chosen.promise in {None, one.promise}
    ]
    with ExitStack() as stack:
        count = int(os.environ.get("PYTEST_WORKERS", "2"))
        copies = [stack.enter_context(copied()) for _ in range(count)]
        broken = soundly(some, copies)
        if broken:
            print_line(f"no mistake was tried: {', '.join(broken)} fails without one")
            return 1
        rows = list(tried(some, copies))
    print_line(f"\n{page.table(rows)}")
    unseen = [row for row in rows if not row.test]
    if chosen.write and not unseen:
        page.write(ROOT, rows)
    for row in unseen:
        print_line(f"not noticed: {row.mistake} (promise {row.promise})")
    seconds = time.monotonic() - began
    print_line(f"{len(rows) - len(unseen)} of {len(rows)} noticed, in {seconds:.0f} s")
    return 1 if unseen or not rows else 0


def print_line(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (what the command is for)


def soundly(some: Sequence[Mutant], copies: Sequence[Path]) -> list[str]:
    """The tests that fail although there is no mistake, one of each copy at most."""
    tests = sorted({test for one in some for test in one.tests})
    shares = [tests[n :: len(copies)] for n in range(len(copies))]
    with ThreadPoolExecutor(len(copies)) as pool:
        return [failed for failed in pool.map(fails_soundly, copies, shares) if failed]


def tried(some: Sequence[Mutant], copies: Sequence[Path]) -> Iterator[Row]:
    """Plant each in a copy that is free; what noticed it, in the order of `some`."""
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(mutant: Mutant) -> Row:
        copy = free.get()
        try:
            return Row(mutant.promise, mutant.name, noticed(mutant, copy))
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        for row in pool.map(one, some):
            print_line(str(row))
            yield row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
