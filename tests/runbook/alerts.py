"""What an alert asks for, read from a page of metrics."""

import re

from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.signals import alerts

#: A series of an expression, with what its labels must be.
_SERIES = re.compile(r"(waybill_\w+)(?:\{([^}]*)\})?")
_WANTED = re.compile(r'(\w+)(=~|!=|=)"([^"]*)"')


def counted(alert: str, metrics: str) -> float:
    """The sum of the series that the alert's rule names first."""
    [rule] = [one for one in alerts() if one["alert"] == alert]
    series = _SERIES.search(rule["expr"])
    assert series is not None, rule["expr"]
    name, wanted = series[1], _WANTED.findall(series[2] or "")
    return sum(
        sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == name and all(_fits(sample.labels, *one) for one in wanted)
    )


def _fits(labels: dict[str, str], name: str, way: str, text: str) -> bool:
    value = labels.get(name, "")
    if way == "=~":
        return re.fullmatch(text, value) is not None
    return (value == text) == (way == "=")
