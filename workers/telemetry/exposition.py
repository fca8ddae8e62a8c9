"""Metrics page: a process's own and the ledger's, as text or as OpenMetrics."""

import platform
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

#: The media type by which a scrape asks for OpenMetrics, which alone has exemplars.
OPEN_METRICS = "application/openmetrics-text"

BUILD = "waybill_build_info"
BUILD_MEANING = "1, with what runs"
BUILD_LABELS = ("version", "python", "celery", "redis_py")


@cache
def _versions() -> tuple[str, ...]:
    """Of each of the labels; to read them again takes milliseconds."""
    packages = (version(name) for name in ("waybill", "celery", "redis"))
    ours, celery, client = packages
    return ours, platform.python_version(), celery, client


class BuildInfo(Collector):
    """What runs, as labels of a gauge."""

    def collect(self) -> Iterator[Metric]:
        info = GaugeMetricFamily(BUILD, BUILD_MEANING, labels=BUILD_LABELS)
        info.add_metric(_versions(), 1)
        yield info


def page_of(collectors: Iterable[Collector], *, is_open: bool = False) -> bytes:
    """Ask all of them now, for one page; `is_open` makes it OpenMetrics."""
    registry = CollectorRegistry()
    for one in (BuildInfo(), *collectors):
        registry.register(one)
    if is_open:
        # It is not typed, and gives bytes.
        page: bytes = openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call]
        return page
    return generate_latest(registry)


def media_type(*, is_open: bool = False) -> str:
    """What `page_of` makes."""
    return openmetrics.CONTENT_TYPE_LATEST if is_open else CONTENT_TYPE_LATEST
