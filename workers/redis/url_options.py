"""Options of a Redis URL: the database, TLS, and nothing else."""

import re
from typing import Final
from urllib.parse import parse_qsl

DATABASE: Final = re.compile(r"[0-9]{1,5}")

#: TLS options that name what checks and proves; all others are the product's own.
NAMED: Final = frozenset(
    {"ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_password"}
)
#: Options that could turn the check of certificates off, with the values they may have.
_CHECKS: Final = {
    "ssl_cert_reqs": frozenset({"required"}),
    "ssl_check_hostname": frozenset({"true", "True", "1", "yes"}),
}
#: The least TLS, by OpenSSL's numbers: 1.2 and 1.3.
LEAST: Final = "ssl_min_version"
_LEASTS: Final = frozenset({"771", "772"})

#: What sentinels are shown; `with_sentinels_login` puts it there.
OF_SENTINELS: Final = ("sentinel_user", "sentinel_password")


def options_of(
    query: str, *, secure: bool, watched: bool
) -> tuple[int | None, dict[str, str]]:
    """Return the database, if the options name one, and what they set besides.

    Args:
        query: what follows the ? of the URL.
        secure: whether it is reached over TLS.
        watched: whether sentinels are asked where it is.

    Raises:
        ValueError: with what is wrong and what to write.
    """
    database, options = None, dict[str, str]()
    seen: set[str] = set()
    for name, text in _pairs(query):
        if name in seen:
            raise ValueError(f"names the option {name} twice")
        seen.add(name)
        if name == "db":
            if not DATABASE.fullmatch(text):
                raise ValueError("has an option db that is not a database's number")
            database = int(text)
        elif watched and name in OF_SENTINELS:
            options[name] = text
        else:
            _check_tls(name, text, secure=secure)
            options[name] = text
    return database, options


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ValueError("has an option without a value after its ?") from None


def _check_tls(name: str, text: str, *, secure: bool) -> None:
    if name not in {*NAMED, *_CHECKS, LEAST}:
        known = ", ".join(("db", *sorted(NAMED), LEAST))
        raise ValueError(f"has an option {name[:40]!r}, which is not among {known}")
    if not secure:
        raise ValueError(f"has the option {name}, which needs rediss://")
    if name in NAMED and not text:
        raise ValueError(f"has an option {name} without a value")
    if name == LEAST and text not in _LEASTS:
        raise ValueError(f"must have {LEAST}=771 (TLS 1.2) or 772 (TLS 1.3)")
    if name in _CHECKS and text not in _CHECKS[name]:
        raise ValueError(
            f"turns certificate checks off with {name}, and they are always made:"
            " remove it, and name who is trusted with ssl_ca_certs=FILE"
        )
