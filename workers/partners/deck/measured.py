"""DECK Commerce client with metrics."""

from tasks.planning.rules import DECK
from tasks.services import Deck
from workers.partners.spec import Stopwatch


class MeasuredDeck:
    """DECK, measured."""

    def __init__(self, deck: Deck, stopwatch: Stopwatch) -> None:
        self._deck = deck
        self._stopwatch = stopwatch

    def link(self, order_number: str, customer_id: str) -> str:
        """See `tasks.services.Deck`; raises PartnerError or DecodeError."""
        link = self._deck.link
        return self._stopwatch.time(DECK, lambda: link(order_number, customer_id))

    def look(self, order_number: str, customer_id: str) -> str:
        """See `tasks.services.Deck`; raises PartnerError."""
        look = self._deck.look
        return self._stopwatch.time(DECK, lambda: look(order_number, customer_id))
