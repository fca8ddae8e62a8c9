"""Whether a send that failed may have arrived all the same, by how it failed."""

import re
from typing import Final, Literal

#: What leaves a send in doubt: a gateway that answered in the partner's place (5xx,
#: 408), or an answer that did not come, or that nobody can read.
Cause = Literal["gateway", "lost"]

_GATEWAY: Final = re.compile(r"http_(?:408|5[0-9]{2})")

#: What is known not to have been delivered: nothing was sent, or the partner itself has
#: refused it. A link that was taken and not seen yet is only looked for again.
_NOT_DELIVERED: Final = re.compile(
    r"connect|dns|tls|certificate|proxy(?:_.*)?"
    r"|record|encode"
    r"|http_[34][0-9]{2}|deck_.*"
    r"|read_back(?:_.*)?",
    re.DOTALL,
)


def cause_of(code: str) -> Cause | None:
    """What leaves it in doubt; None where a send is known not to have been delivered.

    Any failure that is not on the list may have come behind the first byte, so that
    a kind of failure which nobody has thought of is counted too.
    """
    if _GATEWAY.fullmatch(code):
        return "gateway"
    return None if _NOT_DELIVERED.fullmatch(code) else "lost"
