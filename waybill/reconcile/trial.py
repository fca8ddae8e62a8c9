"""Trial: answers as `Mender` would, and changes nothing."""

from collections.abc import Mapping
from typing import Final

from serializers.reconcile.finding import Finding
from waybill.connect import Opened
from waybill.reconcile.mend import Mender
from workers.ledger import keys
from workers.ledger.reconcile.trial import RepairTrial
from workers.ledger.stream.repair import is_added

_REPLAYED: Final[Mapping[str, str]] = {"not_dead": "known"}


class Trial(Mender):
    """What each repair would come to, were it the only one of its plan.

    Args:
        ledger: that is opened.
        plan: the digest of the plan.
    """

    def __init__(self, ledger: Opened, plan: str) -> None:
        super().__init__(ledger, plan)
        parts = ledger.parts
        partitions = ledger.settings.partitions
        self._trial = RepairTrial(ledger.client, parts.places, partitions)
        self._door = self._trial

    def _publish(self, one: Finding) -> str:
        return self._standing(one) or "would"

    def _replay(self, one: Finding) -> str:
        parts, repair = self._ledger.parts, one.repair
        stream = parts.stream.of(repair.item.removeprefix(keys.EVENT_PREFIX))
        added = is_added(parts.scripts, stream.name, repair.id)
        if added or self._trial.is_made(repair):
            return "known"
        (answer,) = parts.dead_letters.would_replay([repair.item])
        return _REPLAYED.get(answer, answer)
