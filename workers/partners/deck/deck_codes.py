"""By which code a refusal of DECK's is known to us, whatever its ResponseCode is."""

import re
from typing import Final

#: A number, or a name as .NET's enumerations have them.
_CODE: Final = re.compile(r"-?[0-9]{1,18}|[A-Za-z]{1,40}")


def refusal_code(response_code: str) -> str:
    """Give "deck_" and the code; "deck_other" for a text that is none.

    A code goes into logs and to Flower, where a partner's words have no place.
    """
    known = _CODE.fullmatch(response_code) is not None
    return f"deck_{response_code if known else 'other'}"
