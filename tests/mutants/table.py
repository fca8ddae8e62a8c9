"""All planted mistakes by their names."""

from tests.mutants import callers
from tests.mutants.mutant import Mutant
from tests.mutants.scripts import IN_SCRIPTS

IN_CALLERS = (
    Mutant(
        "a claim takes two steps",
        plant=callers.claim_in_two_steps,
        model="a claim takes two steps",
    ),
    Mutant("the gate is ignored by claim", plant=callers.gate_not_heeded),
    Mutant(
        "an entry is acknowledged when it is read",
        plant=callers.acknowledged_when_read,
        tests=("test_stream.py",),
    ),
    Mutant(
        "the stream is trimmed to the newest entry read",
        plant=callers.trimmed_to_the_newest,
        tests=("test_trimming.py",),
    ),
)

MUTANTS = {one.name: one for one in (*IN_SCRIPTS, *IN_CALLERS)}
