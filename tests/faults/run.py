"""`make faults`: every fault of the catalogue, one after the other, and their table.

What was measured is kept in `measured`, a file for each kind of servers that the ledger
was on; the table is made from all of them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults import table
from tests.faults.figures import FILE
from tests.faults.machine import sentence
from tests.faults.table import Column
from tests.processes.child import ROOT
from tests.processes.ledger_servers import FAILOVER, LEDGER, Kind

PAGE = ROOT / "docs" / "reliability.md"
MEASURED = Path(__file__).with_name("measured")

#: What the table calls a ledger on each.
NAMES = {
    Kind.REDIS: "Redis",
    Kind.CLUSTER: "Cluster",
    Kind.SENTINEL: "Sentinel",
}

EXAMPLES = """\
examples:
  python -m tests.faults.run                    all of them, and the table
  python -m tests.faults.run --write            and the table into docs/reliability.md
  python -m tests.faults.run --on cluster -n 2  with the ledger on a Redis Cluster
  python -m tests.faults.run -k b4              those whose name has b4 in it
  python -m tests.faults.run tests/faults/test_broker_full.py
"""


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.run",
        description=(
            "Try the faults on real workers, a real Redis and real sockets, print what"
            " they cost. Takes up to 20 minutes for each kind of servers. On a Cluster"
            " and behind sentinels each story has a failover, and events and starts of"
            " calls wait for a replica. The exit code is pytest's."
        ),
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("tests", nargs="*", help="files or tests; default: all")
    parser.add_argument("-k", dest="names", default="", help="as pytest's -k")
    parser.add_argument(
        "--on", type=Kind, default=Kind.REDIS, help="redis, cluster or sentinel"
    )
    parser.add_argument("-n", dest="at_once", default="0", help="so many at once")
    parser.add_argument(
        "--write",
        action="store_true",
        help="put the column of a run that passed into docs/reliability.md; what a run"
        " of a part has not tried stays as it was",
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run, print, and write if asked; answers pytest's exit code."""
    chosen = options(arguments)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        kept = Path(folder, "figures")
        kept.touch()
        code = tried(chosen, kept)
        lines = kept.read_text(encoding="utf-8").splitlines()
    where = sentence()
    shown = table.written(table.read(NAMES[chosen.on], where, lines))
    sys.stdout.write(f"\n{shown}\n")
    if chosen.write:
        whole = not (chosen.tests or chosen.names)
        done = page_written(chosen.on, where, lines, code, whole=whole)
        sys.stdout.write(f"\n{done}\n")
    return code


def page_written(
    kind: Kind, where: str, lines: Sequence[str], code: int, *, whole: bool
) -> str:
    """Put the run into the page unless a test has failed; prints what was done."""
    if code:
        return f"{PAGE.name} was left as it is, since not every test passed"
    before = [] if whole else _lines(kind)
    kept = table.replacing(before, lines, where)
    _file(kind).write_text("\n".join([*kept, ""]), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    shown = table.replaced(page, table.written(*map(measured, Kind)))
    PAGE.write_text(shown, encoding="utf-8")
    return f"the table is in {PAGE.relative_to(ROOT)}"


def measured(kind: Kind) -> Column:
    """What runs on these servers have measured."""
    return table.read(NAMES[kind], "", _lines(kind))


def _lines(kind: Kind) -> list[str]:
    file = _file(kind)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _file(kind: Kind) -> Path:
    return MEASURED / f"{kind}.jsonl"


def tried(chosen: argparse.Namespace, kept: Path) -> int:
    """Run the tests in the catalogue's order; the figures go into a file."""
    command = [sys.executable, "-m", "pytest", "-v", "-m", "", "-p", "no:randomly"]
    # A figure may be of all tests of a file.
    at_once = ["-n", chosen.at_once, "--dist", "loadfile"]
    command += at_once if chosen.at_once != "0" else []
    command += ["-k", chosen.names] if chosen.names else []
    command += chosen.tests or ["tests/faults"]
    where = {LEDGER: str(chosen.on), FAILOVER: "1"}
    environment = {**os.environ, **where, FILE: str(kept)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
