"""All benchmarks in one run: `python -m benchmarks`."""

from benchmarks import latency, throughput
from benchmarks.run import run

run(throughput.measure, latency.measure)
