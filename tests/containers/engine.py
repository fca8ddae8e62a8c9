"""The container engine of this machine, if it has one."""

import subprocess
from collections.abc import Mapping, Sequence
from shutil import which

#: Seconds for a question to an engine that is there.
PATIENCE = 30.0
#: Seconds for what builds, pulls or waits for health.
LONG = 900.0


def missing() -> str:
    """Return what keeps the stack from being run here; empty when nothing does."""
    if which("docker") is None:
        return "no `docker` is on PATH"
    if asked("docker", "compose", "version").returncode:
        return "this docker has no Compose (`docker compose version` fails)"
    if (answer := asked("docker", "version", "--format", "{{.Server.Version}}")).stderr:
        return f"the engine does not answer: {answer.stderr.strip().splitlines()[-1]}"
    return ""


def asked(
    *command: str, given: str = "", seconds: float = PATIENCE
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, whatever its exit code.

    Raises:
        subprocess.TimeoutExpired: it took longer than that.
    """
    return subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def done(
    command: Sequence[str], environment: Mapping[str, str], given: str = ""
) -> str:
    """Run a command that has to succeed, and return what it printed.

    Raises:
        AssertionError: it failed; the message has what it wrote.
    """
    run = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        timeout=LONG,
        env=dict(environment),
        check=False,
    )
    assert run.returncode == 0, f"{' '.join(command)}\n{run.stdout}{run.stderr}"
    return run.stdout + run.stderr
