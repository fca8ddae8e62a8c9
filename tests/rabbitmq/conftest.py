"""One RabbitMQ for the tests of this folder; it takes its time to start."""

from collections.abc import Iterator

import pytest

from tests.rabbitmq.server import RabbitServer, program


@pytest.fixture(scope="session")
def rabbit() -> Iterator[RabbitServer]:
    program()
    server = RabbitServer()
    try:
        server.start()
        yield server
    finally:
        server.close()
