"""Progress of acts on many: on the standard error of a terminal, and nowhere else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger import acts
from tests.ledger.clock import World


def heard(environ: dict[str, str], *args: str, terminal: bool) -> tuple[str, str]:
    """What a real command prints to a pipe, and on a standard error of this kind."""
    command = [str(Path(sys.executable).parent / "waybill"), *args]
    reads, writes = os.openpty() if terminal else os.pipe()
    with subprocess.Popen(
        command, env=os.environ | environ, stdout=subprocess.PIPE, stderr=writes
    ) as child:
        os.close(writes)
        assert child.stdout is not None
        printed = child.stdout.read().decode()
        assert child.wait() == 0
    said = b""
    try:
        while some := os.read(reads, 65_536):
            said += some
    except OSError:
        # A terminal that nobody writes to any more.
        pass
    os.close(reads)
    return printed, said.decode()


@pytest.mark.parametrize("act", ["replay", "discard"])
def test_an_act_on_many_is_counted_on_a_terminals_standard_error_alone(
    ledger: World, environ: dict[str, str], act: str
) -> None:
    for terminal in (True, False):
        for n in range(3):
            acts.dead(
                ledger,
                acts.notification(f"N{n}.{terminal}"),
                number=f"SO-{n}{terminal}",
            )
        printed, said = heard(
            environ,
            *("dead-letters", act, "--kind=notification", "--reason=known"),
            *("--rate=50", "--json"),
            terminal=terminal,
        )

        assert len(json.loads(printed)) == 3
        assert ("letters done: 1 of 3" in said) == terminal
