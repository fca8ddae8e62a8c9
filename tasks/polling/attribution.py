"""Attribution of Westcon's reply lines to the orders asked for, by exact number."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from serializers.formats.text import unpadded
from serializers.westcon.reply import StatusLine

#: Order type of Westcon's own numbers; "C" is for the customer's purchase orders.
OWN = "W"


@dataclass(frozen=True, slots=True)
class Others:
    """What Westcon answered to a question about one order: lines of others alone.

    Attributes:
        order_type: "W" or "C".
        asked: the number asked for.
        lines: at least one.
    """

    order_type: str
    asked: str
    lines: tuple[StatusLine, ...]

    def names(self) -> list[str]:
        """The numbers of that type that Westcon answered about, each once."""
        spelled = (_name(self.order_type, line) for line in self.lines)
        return [name for name in dict.fromkeys(spelled) if name]


def attributed(
    order_type: str, numbers: Sequence[str], lines: Sequence[StatusLine]
) -> Mapping[str, tuple[StatusLine, ...]]:
    """The lines of each number asked for; a number without lines is left out.

    Westcon's own numbers compare without case and leading zeros, since it pads them.
    A purchase order is whatever its customer wrote: `0045001` and `45001` are two, so
    it compares to the letter, and lines under a similar one are nobody's. The long one
    of a line goes first. Lines that name no order at all belong to the one that was
    asked for alone.
    """
    key: Callable[[str], str] = _folded if order_type == OWN else str.strip
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for number in numbers:
        asked[key(number)].append(number)
    names = [key(_name(order_type, line)) for line in lines]
    if order_type != OWN:
        long = [line.long_purchase_order.strip() for line in lines]
        names = [n if n in asked else m for n, m in zip(long, names, strict=True)]
    found: defaultdict[str, list[StatusLine]] = defaultdict(list)
    for name, line in zip(names, lines, strict=True):
        for number in asked.get(name, ()):
            found[number].append(line)
    if lines and len(numbers) == 1 and not any(names):
        return {numbers[0]: tuple(lines)}
    return {number: tuple(group) for number, group in found.items()}


def apart(numbers: Sequence[str]) -> list[list[str]]:
    """The numbers in groups of which none holds two that look alike.

    Asked for together, they may each be answered with the lines of both: every line
    would come twice, as the parts of a split line do.
    """
    groups: list[list[str]] = []
    met: defaultdict[str, int] = defaultdict(int)
    for number in numbers:
        turn = met[_likeness(number)]
        met[_likeness(number)] += 1
        groups += [[]] if turn == len(groups) else []
        groups[turn].append(number)
    return groups


def _likeness(number: str) -> str:
    """What is left when whatever an index may disregard is taken away."""
    plain = unicodedata.normalize("NFKD", number).casefold()
    return "".join(filter(str.isalnum, plain)).lstrip("0")


def _name(order_type: str, line: StatusLine) -> str:
    if order_type == OWN:
        return line.order_number
    return line.purchase_order or line.customer_order_number


def _folded(number: str) -> str:
    return unpadded(number).upper()
