"""What runs has no rights, no tools and no room that it does not need."""

import pytest

from tests.containers.stack import SERVICES, Stack, inside, inspected, logged


@pytest.mark.parametrize(
    ("service", "user"),
    [("worker-demo", "10001"), ("redis", "999"), ("flower-demo", "10001")],
)
def test_a_container_has_no_rights(stack: Stack, service: str, user: str) -> None:
    status = inside(stack.containers(service)[0], "cat", "/proc/1/status")

    rights = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert rights["Uid"].split() == [user] * 4
    assert rights["CapEff"] == "0" * 16
    assert rights["NoNewPrivs"] == "1"
    assert rights["Seccomp"] == "2"


@pytest.mark.parametrize("service", ["worker-demo", "redis", "flower-demo", "sandbox"])
def test_a_container_writes_to_its_tmp_only(stack: Stack, service: str) -> None:
    container = stack.containers(service)[0]

    assert "Read-only" in inside(container, "touch", "/x")
    assert inside(container, "touch", "/tmp/x") == ""  # noqa: S108 (the container's)


def test_every_container_is_bounded(stack: Stack) -> None:
    template = "{{.HostConfig.Memory}} {{.HostConfig.LogConfig.Config}}"
    for service in SERVICES:
        memory, log = inspected(stack.containers(service)[0], template).split(" ", 1)
        assert int(memory) > 0, service
        assert "max-size" in log, service


def test_the_image_carries_no_pip(stack: Stack) -> None:
    worker = stack.containers("worker-demo")[0]

    assert "No module named pip" in inside(worker, "python", "-m", "pip")


def test_doctor_is_content(stack: Stack) -> None:
    assert ", 0 wrong" in stack.waybill("doctor")


def test_every_line_of_a_workers_log_is_json(stack: Stack) -> None:
    lines = logged(stack.containers("worker-demo")[0])

    assert lines
    assert [line for line in lines if not line.startswith("{")] == []


def test_up_recreates_nothing_that_did_not_change(stack: Stack) -> None:
    said = stack.up() + stack.up("--build") + stack.up()

    assert "Recreated" not in said
