"""Filter of the service variables that Kubernetes and Docker set.

Kubernetes gives every container variables about the services of its namespace, Docker
about linked containers, all named after the service: one called `waybill` makes
`WAYBILL_PORT=tcp://10.0.0.1:80`, one called `waybill-health` hits a setting of ours.
They are known by name and value together, so that a misspelt setting is none of them.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address

_PROTOCOL = r"(?:TCP|UDP|SCTP)"
_PLACE = re.compile(r"(?:tcp|udp|sctp)://\[?[0-9A-Za-z.:_-]+\]?:[0-9]{1,5}")
_NUMBER = re.compile(r"[0-9]{1,5}")
_WORD = re.compile(r"tcp|udp|sctp")
_LINK = re.compile(r"/[^/\s]+(?:/[^/\s]+)?")

#: By the name's end; Docker names of a range of ports where it begins and ends.
_ENDS = (
    (rf"_PORT(?:_[0-9]+_{_PROTOCOL}(?:_START|_END)?)?", _PLACE),
    (rf"_PORT_[0-9]+_{_PROTOCOL}_PORT(?:_START|_END)?", _NUMBER),
    (rf"_PORT_[0-9]+_{_PROTOCOL}_PROTO", _WORD),
    (r"_SERVICE_PORT(?:_[A-Z0-9_]+)?", _NUMBER),
    (r"_NAME", _LINK),
)
_FORMS = tuple((re.compile(rf".+{end}", re.ASCII), form) for end, form in _ENDS)
_ADDRESSES = re.compile(rf".+(?:_SERVICE_HOST|_PORT_[0-9]+_{_PROTOCOL}_ADDR)", re.ASCII)


def is_service_variable(name: str, text: str, environ: Mapping[str, str]) -> bool:
    """Return whether a platform made this variable.

    Args:
        name: the variable's.
        text: its value.
        environ: what stands beside it; a link repeats the linked container's own
            variables as `<LINK>_ENV_…`, which only `<LINK>_NAME` gives away.
    """
    if any(ends.fullmatch(name) and form.fullmatch(text) for ends, form in _FORMS):
        return True
    if _ADDRESSES.fullmatch(name):
        return _is_address(text)
    link, repeated, _ = name.partition("_ENV_")
    return bool(repeated and _LINK.fullmatch(environ.get(f"{link}_NAME", "")))


def hides_setting(text: str) -> bool:
    """Return whether a setting's own variable holds what only a platform writes."""
    return _PLACE.fullmatch(text) is not None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
