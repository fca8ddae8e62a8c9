"""However an address is spelled, its URL is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.outcomes.errors import PermanentError
from workers.http.address_guard import TargetRules, check_url

#: From the four numbers of an address to a spelling that resolvers understand.
SPELLINGS: dict[str, Callable[[list[int]], str]] = {
    "dotted": lambda four: ".".join(map(str, four)),
    "a last dot": lambda four: ".".join(map(str, four)) + ".",
    "decimal": lambda four: str(_whole(four)),
    "hexadecimal": lambda four: hex(_whole(four)),
    "octal": lambda four: f"0{_whole(four):o}",
    "hexadecimal parts": lambda four: ".".join(map(hex, four)),
    "octal parts": lambda four: ".".join(f"0{n:o}" for n in four),
    "two parts": lambda four: f"{four[0]}.{_whole([0, *four[1:]])}",
    "three parts": lambda four: f"{four[0]}.{four[1]}.{four[2] * 256 + four[3]}",
    "mapped": lambda four: f"[::ffff:{'.'.join(map(str, four))}]",
    "compatible": lambda four: f"[::{'.'.join(map(str, four))}]",
    "wide digits": lambda four: ".".join(
        "".join(chr(ord("\uff10") + int(d)) for d in str(n)) for n in four
    ),
    "percent": lambda four: "".join(f"%{ord(c):x}" for c in ".".join(map(str, four))),
}


def _whole(four: list[int]) -> int:
    return int.from_bytes(bytes(four))


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(four=st.lists(st.integers(0, 255), min_size=4, max_size=4))
def test_no_spelling_of_an_address_passes_for_a_name(
    spelling: str, four: list[int]
) -> None:
    host = SPELLINGS[spelling](four)

    with pytest.raises(PermanentError):
        check_url(f"https://{host}/", TargetRules())
