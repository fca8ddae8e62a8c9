"""All benchmarks in one run: `python -m benchmarks`."""

from benchmarks import latency, scale, throughput
from benchmarks.run import run

run(throughput.measure, latency.measure, scale.measure)
