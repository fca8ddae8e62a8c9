"""The chart with helm, and the schemas of custom resources, where they can be had."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.chart import programs
from tests.chart.rendering import Chart

T = TypeVar("T")


@pytest.fixture(scope="session")
def chart() -> Chart:
    return Chart(_had(programs.helm))


@pytest.fixture(scope="session")
def schemas() -> programs.Schemas:
    return _had(programs.schemas)


def _had(what: Callable[[], T]) -> T:
    try:
        return what()
    except programs.NotInstalled as error:
        pytest.skip(f"the chart is not tried: {error}")
