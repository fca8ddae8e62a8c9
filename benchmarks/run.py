"""Runs what the command line asks for, and leaves nothing running behind."""

import signal
import sys
from collections.abc import Callable, Iterable, Mapping

from benchmarks.machine import this_machine
from benchmarks.options import Options, options
from benchmarks.report import Report

#: What a shell reports of a program that SIGTERM ended.
TERMINATED = 143

Measure = Callable[[Options, Report], None]


def run_parts(parts: Mapping[str, Measure], usual: Iterable[str]) -> None:
    """Measure the parts that the command line names, else the usual ones.

    A failure ends it all, with its reason.
    """
    size = options(parts=tuple(parts))
    # By default SIGTERM would leave workers, servers and their files behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    report = Report(this_machine(), size.json, size.before)
    for name in size.parts or usual:
        parts[name](size, report)
    report.finish()
