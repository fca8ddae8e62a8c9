"""What is not run of the tests of processes where the ledger is on several servers."""

from pathlib import Path

import pytest

from tests.processes.elsewhere import why_not
from tests.processes.ledger_servers import chosen

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is about one Redis, with the reason."""
    for item in items:
        if item.path.parent == HERE and (why := why_not(item.path.stem, chosen())):
            item.add_marker(pytest.mark.skip(reason=why))
