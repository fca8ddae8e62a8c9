"""The destinations' gates as they must stand, kept beside the real ones."""

from collections import defaultdict
from dataclasses import dataclass

from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.scripts import Call


@dataclass(slots=True)
class Gate:
    """One gate: what must hold by what was reported of its destination."""

    until: int = 0
    open: bool = False
    probe: int = 0
    failures: int = 0


class GateBook:
    """Reports to the real gates, and checks of each answer whether it is right."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._gates: defaultdict[str, Gate] = defaultdict(Gate)

    def ask(self, name: str, calls: int) -> int:
        """Ask as Release does before it claims; how many calls may start."""
        expected = self._allowed(name, calls)
        granted = self._world.gates.ask(name, calls).calls
        assert granted == expected, f"{name} let {granted} go, not {expected}"
        if granted:
            self.went(name)
        return granted

    def _allowed(self, name: str, calls: int) -> int:
        gate, now = self._gates[name], self._world.clock.now_ms
        if gate.until > now or (gate.open and gate.probe > now):
            return 0
        return 1 if gate.open else calls

    def went(self, name: str) -> None:
        """Something was claimed: that is allowed now, and may be the one probe."""
        assert self._allowed(name, 1), f"{name} was claimed behind a closed gate"
        gate = self._gates[name]
        if gate.open:
            probe = self._world.destinations[name].probe_seconds
            gate.probe = self._world.clock.now_ms + int(probe * 1000)

    def shift(self, ms: int) -> None:
        """The clock was set back, and all moments ahead follow it."""
        now = self._world.clock.now_ms
        for gate in self._gates.values():
            gate.until -= ms * (gate.until > now)
            gate.probe -= ms * (gate.probe > now)

    def unused(self, name: str) -> None:
        """Nothing was found to claim, so the probe is free for somebody else."""
        self._world.gates.unused(name)
        self.lapsed(name)

    def lapsed(self, name: str) -> None:
        """Somebody has reported to the gate that what it let go is unused."""
        self._gates[name].probe = 0

    def report(self, name: str, verdict: str) -> None:
        """One of `served`, `failed` and `close`, for 60 s."""
        gate, now = self._gates[name], self._world.clock.now_ms
        known = self._world.destinations[name]
        if verdict == "served":
            # By the script itself: the gates of a process speak up only now and then.
            call = Call("gate_report", keys.gate(name), ("served",))
            self._world.scripts.run(call)
            gate.open, gate.probe, gate.failures = False, 0, 0
        elif verdict == "close":
            self._world.gates.close(name, 60.0)
            # As a probe's answer it frees the next one, also where the clock stepped
            # back and the probe's own moment lies beyond the wait.
            gate.until, gate.probe = max(gate.until, now + 60_000), 0
        else:
            self._world.gates.failed(name)
            gate.failures += 1
            often = gate.open or gate.failures >= known.breaker_failures
            if often and gate.until <= now:
                gate.until = now + int(known.breaker_seconds * 1000)
                gate.open, gate.probe = True, 0
