"""`make faults`: every fault of the catalogue, one after the other, and their table."""

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
from tests.processes.child import ROOT

PAGE = ROOT / "docs" / "reliability.md"

EXAMPLES = """\
examples:
  python -m tests.faults.run                    all of them, and the table
  python -m tests.faults.run --write            and the table into docs/reliability.md
  python -m tests.faults.run -k b4              those whose name has b4 in it
  python -m tests.faults.run tests/faults/test_broker_full.py
"""


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.run",
        description=(
            "Try the faults on real workers, a real Redis and real sockets, print what"
            " they cost. Takes up to 20 minutes. The exit code is pytest's."
        ),
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("tests", nargs="*", help="files or tests; default: all")
    parser.add_argument("-k", dest="names", default="", help="as pytest's -k")
    parser.add_argument(
        "--write",
        action="store_true",
        help="put the table of a whole run that passed into docs/reliability.md",
    )
    chosen = parser.parse_args(arguments)
    if chosen.write and (chosen.tests or chosen.names):
        parser.error("--write is for a run of all faults: the page shows them all")
    return chosen


def main(arguments: Sequence[str]) -> int:
    """Run, print, and write if asked; answers pytest's exit code."""
    chosen = options(arguments)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        kept = Path(folder, "figures")
        kept.touch()
        code = tried(chosen, kept)
        rows, skipped = table.read(kept.read_text(encoding="utf-8").splitlines())
    shown = table.written(rows, skipped, sentence())
    sys.stdout.write(f"\n{shown}\n")
    if chosen.write:
        sys.stdout.write(f"\n{page_written(shown, code)}\n")
    return code


def page_written(shown: str, code: int) -> str:
    """Put the table into the page unless a test has failed; prints what was done."""
    if code:
        return f"{PAGE.name} was left as it is, since not every test passed"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(table.replaced(page, shown), encoding="utf-8")
    return f"the table is in {PAGE.relative_to(ROOT)}"


def tried(chosen: argparse.Namespace, kept: Path) -> int:
    """Run the tests in the catalogue's order; the figures go into a file."""
    command = [sys.executable, "-m", "pytest", "-v", "-m", "", "-p", "no:randomly"]
    command += ["-k", chosen.names] if chosen.names else []
    command += chosen.tests or ["tests/faults"]
    environment = {**os.environ, FILE: str(kept)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
