"""What hostile XML costs until it is refused."""

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from benchmarks.details.hostile_xml import MIB, hostile_documents
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.table import table
from serializers.deck.reply import decode_reply
from serializers.errors import DecodeError

GOAL_MS, GOAL_MIB = 50.0, 20.0
ROUNDS = 5
HEADS = ("document", "KiB", "ms", "MiB", f"under {GOAL_MS:.0f} ms, {GOAL_MIB:.0f} MiB")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The cost of one document, in a process of its own.

    Attributes:
        ms: the median of some readings.
        mib: how far the first reading drove the process's memory up.
    """

    document: str
    bytes: int
    ms: float
    mib: float

    @property
    def good(self) -> bool:
        return self.ms <= GOAL_MS and self.mib <= GOAL_MIB

    @property
    def cells(self) -> tuple[str, ...]:
        size, verdict = f"{self.bytes / 1024:,.1f}", "yes" if self.good else "NO"
        return (self.document, size, f"{self.ms:.2f}", f"{self.mib:.1f}", verdict)


def refusal(name: str, body: bytes) -> Refusal:
    """Measure one document in this process, which must not have freed much yet.

    Raises:
        RuntimeError: it was read.
    """
    _read(b"<a")
    before = _start_peak()
    first = _read(body)
    grown = _peak() - before
    times = [first, *(_read(body) for _ in range(ROUNDS - 1))]
    return Refusal(name, len(body), 1_000 * median(times), grown / MIB)


def _read(body: bytes) -> float:
    started = time.perf_counter()
    try:
        decode_reply(body)
    except DecodeError:
        return time.perf_counter() - started
    raise RuntimeError(f"a hostile document of {len(body)} bytes was read")


def _start_peak() -> int:
    """Let the kernel forget the peak of this process's memory; bytes held now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    """The most bytes that were resident since the peak was last forgotten."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def refusals() -> list[Refusal]:
    """Measure every document, each in a fresh process."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as fresh:
        documents = hostile_documents()
        return list(fresh.map(refusal, documents, documents.values()))


def measure(_: Options, report: Report) -> None:
    """Measure all documents; print the table, the dearest first."""
    report.progress("hostile XML, refused …")
    found = sorted(refusals(), key=lambda each: (-each.ms, each.document))
    report.add("xml_refusals", found, table(HEADS, [each.cells for each in found]))
