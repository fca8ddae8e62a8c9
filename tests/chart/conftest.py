"""The chart with helm, where helm can be had."""

import pytest

from tests.chart import programs
from tests.chart.rendering import Chart


@pytest.fixture(scope="session")
def chart() -> Chart:
    try:
        return Chart(programs.helm())
    except programs.NotInstalled as error:
        pytest.skip(f"the chart is not rendered: {error}")
