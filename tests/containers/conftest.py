"""One stack for all checks, a story in the order of their files and lines."""

from collections.abc import Iterator

import pytest

from tests.containers.engine import missing
from tests.containers.stack import Stack

WHY = missing()
FOLDER = __package__ or ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs an engine, and skip it where there is none."""
    for item in items:
        if item.module.__name__.startswith(FOLDER):  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.long)
            item.add_marker(pytest.mark.timeout(900))
            if WHY:
                item.add_marker(pytest.mark.skip(reason=f"skipped: {WHY}"))


@pytest.fixture(scope="session", name="stack")
def started() -> Iterator[Stack]:
    """The demo's stack, built and healthy; removed with its volumes at the end."""
    stack = Stack()
    try:
        stack.up("--build", "--wait")
        yield stack
    finally:
        stack.down()
