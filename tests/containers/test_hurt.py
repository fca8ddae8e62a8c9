"""Workers and Redis are stopped, killed and restarted while orders go through."""

from time import monotonic

import pytest

from tests.containers.engine import asked
from tests.containers.stack import Stack, inspected, signalled
from tests.processes.waiting import until

#: Seconds: what Compose gives a worker to end in, less one.
GRACE = 39.0
ORDERS = 100
STATUSES = ("SCH", "SHI", "INV")
#: Notifications of an order: it shipped and it was invoiced, for two receivers.
EACH = 4


def act(command: str, container: str) -> None:
    """Start, stop or kill a container as an operator does."""
    run = asked("docker", command, container, seconds=90)
    assert run.returncode == 0, run.stderr


def stopped_in_peace(container: str) -> None:
    """Stop a worker and see that it ended by itself, within its grace."""
    began = monotonic()
    act("stop", container)
    assert inspected(container, "{{.State.ExitCode}}") == "0"
    assert monotonic() - began < GRACE


def all_delivered(stack: Stack, count: int) -> None:
    """Wait for that many notifications, however often each was sent."""
    until(f"{count} are delivered", lambda: len(stack.delivered()) >= count, 300)
    assert len(stack.delivered()) == count


@pytest.fixture(scope="module", name="workers")
def three(stack: Stack) -> list[str]:
    """Three workers, none of which has worked yet."""
    stack.sandbox("POST", "reset")
    stack.sandbox("PUT", "auto", {"statuses": list(STATUSES)})
    stack.up("--no-recreate", "--wait", "--scale", "worker-demo=3")
    workers = stack.containers("worker-demo")
    assert len(workers) == 3
    return workers


def test_nothing_is_lost_or_repeated_unseen(stack: Stack, workers: list[str]) -> None:
    (redis,) = stack.containers("redis")
    stack.publish("HURT", ORDERS)

    stopped_in_peace(workers[0])
    act("start", workers[0])
    signalled(workers[1], "SIGKILL")
    state = "{{.RestartCount}} {{.State.Status}}"
    until("it is back", lambda: inspected(workers[1], state) == "1 running")
    act("kill", workers[2])
    act("start", workers[2])
    stack.compose("restart", "redis")
    signalled(redis, "SIGKILL")
    health = "{{.State.Health.Status}} {{.RestartCount}}"
    until("Redis is back", lambda: inspected(redis, health) == "healthy 1")

    all_delivered(stack, ORDERS * EACH)
    repeats = sum(stack.delivered().values()) - ORDERS * EACH
    assert repeats <= stack.status()["counts"]["ambiguous"]
    until("all is well", lambda: stack.status()["well"])


def test_workers_wait_for_a_redis_that_is_away(
    stack: Stack, workers: list[str]
) -> None:
    worker = workers[0]
    stack.compose("stop", "redis")
    until("it is not ready", lambda: stack.page(worker, "/ready") == "503")
    assert stack.page(worker, "/live") == "200"

    stopped_in_peace(worker)
    act("start", worker)
    until("it lives without Redis", lambda: stack.page(worker, "/live") == "200")
    assert stack.page(worker, "/ready") == "503"

    stack.compose("start", "redis")
    until("it is ready", lambda: stack.page(worker, "/ready") == "200")
    before = len(stack.delivered())
    stack.publish("AFTER", 5)
    all_delivered(stack, before + 5 * EACH)


def test_a_frozen_worker_is_found(workers: list[str]) -> None:
    health = "{{.State.Health.Status}}"

    signalled(workers[0], "SIGSTOP")
    try:
        until("it is found", lambda: inspected(workers[0], health) == "unhealthy")
    finally:
        signalled(workers[0], "SIGCONT")
    until("it is well again", lambda: inspected(workers[0], health) == "healthy")
