"""Runs what the command line asks for, and leaves nothing running behind."""

import signal
import sys
from collections.abc import Callable

from benchmarks.machine import this_machine
from benchmarks.options import Options, options
from benchmarks.report import Report

#: What a shell reports of a program that SIGTERM ended.
TERMINATED = 143


def run(*measures: Callable[[Options, Report], None]) -> None:
    """Measure one thing after another; a failure ends it all, with its reason."""
    size = options()
    # By default SIGTERM would leave workers, servers and their files behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    report = Report(this_machine(), size.json)
    for measure in measures:
        measure(size, report)
