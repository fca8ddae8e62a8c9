"""All benchmarks in one run: `python -m benchmarks`."""

from benchmarks import (
    bulkheads,
    deck_links,
    latency,
    scale,
    schedule,
    throughput,
    xml_refusals,
)
from benchmarks.run import run

run(
    throughput.measure,
    latency.measure,
    scale.measure,
    schedule.measure,
    bulkheads.measure,
    deck_links.measure,
    xml_refusals.measure,
)
