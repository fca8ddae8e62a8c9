"""Scripts that somebody runs: those that are acts leave their entries."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.scripts import Call, Scripts


class ActingScripts(Scripts):
    """As the scripts that it is made of, for one who acts through others' methods.

    Args:
        scripts: run the calls.
        by: who acts.
        deeds: what a script's run is, by its name; the first argument is its target.
    """

    def __init__(self, scripts: Scripts, by: Actor, deeds: Mapping[str, Deed]) -> None:
        super().__init__(scripts.client)
        self._inner = scripts
        self._by = by
        self._deeds = deeds

    def run(self, call: Call) -> Any:
        """Run one script; raises redis.RedisError when Redis does not answer."""
        deed = self._deeds.get(call.script)
        if deed is None:
            return self._inner.run(call)
        target = str(call.arguments[0])
        return self._by.run_act(self._inner, call, replace(deed, target=target))
