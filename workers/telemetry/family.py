"""Family: one metric that is read from the ledger, as a value."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from workers.telemetry.ledger_snapshot import LedgerSnapshot

#: Labels' values and what is so, of one metric.
Samples = Iterable[tuple[Sequence[str], float]]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric of the ledger; a counter is one over all restarts of workers."""

    name: str
    kind: str
    meaning: str
    samples: Callable[[LedgerSnapshot], Samples]
    labels: tuple[str, ...] = ()

    def metric(self, seen: LedgerSnapshot) -> Metric:
        made = GaugeMetricFamily if self.kind == "gauge" else CounterMetricFamily
        name = self.name.removesuffix("_total")
        metric = made(name, self.meaning, labels=self.labels)
        for labels, value in self.samples(seen):
            metric.add_metric(labels, value)
        return metric
