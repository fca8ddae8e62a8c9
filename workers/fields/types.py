"""Value types of settings, each with its check."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)

from serializers.deck.timestamp import checked
from serializers.formats.secret_forms import oddities
from workers.fields.amqp_url import amqp_address, is_amqp
from workers.fields.pem_files import authority_fault
from workers.http.proxy import proxy_of
from workers.ledger.restore.marks_file import file_of
from workers.redis.address import redis_address
from workers.redis.durability import durability_of
from workers.redis.hosts import is_host_name

#: What a URL may hold: printable ASCII without blanks, quotes and backslashes.
#: Parsers disagree about the rest, so two of them could see two hosts.
_URL_TEXT = re.compile(r"[!#-&(-\[\]-~]+")


#: No blank, no quote mark, and no dash that would make it an option.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class Section(BaseModel):
    """A group of settings: frozen, without unknown names, silent about values."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )


def http_url(text: str) -> str:
    """Check that this is an http or https URL with a host.

    Raises:
        ValueError: it is not, or it carries a user, a password or a fragment.
    """
    if not _URL_TEXT.fullmatch(text):
        raise ValueError("must be a URL of printable ASCII without blanks")
    try:
        url = urlsplit(text)
        known = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError("must be a URL like https://host/path")
    if "@" in url.netloc or url.fragment:
        raise ValueError("must be a URL without user, password and fragment")
    if "[" not in url.netloc and not is_host_name(url.hostname or ""):
        raise ValueError("must be a URL whose host can be looked up")
    return text


def base_url(text: str) -> str:
    """Check the URL to which paths are appended; its last slash goes.

    Raises:
        ValueError: not an http or https URL, or one with a query.
    """
    if "?" in text:
        raise ValueError("must be a URL without a query: paths are appended to it")
    return http_url(text).rstrip("/")


def redis_url(text: str) -> str:
    """Check where Redis is.

    Raises:
        ValueError: see `redis_address`.
    """
    redis_address(text)
    return text


def durability(text: str) -> str:
    """Check what a write has to have before it counts.

    Raises:
        ValueError: see `durability_of`.
    """
    durability_of(text)
    return text


def broker_url(text: str) -> str:
    """Check where hints travel.

    Raises:
        ValueError: see `redis_address` and `amqp_address`.
    """
    if is_amqp(text):
        amqp_address(text)
        return text
    return redis_url(text)


def marks_url(text: str) -> str:
    """Check where marks are kept; empty is not set.

    Raises:
        ValueError: neither a file's URL nor a Redis'.
    """
    if text.lower().startswith("file:"):
        file_of(text)
    elif text:
        redis_address(text)
    return text


def secret(value: SecretStr) -> SecretStr:
    """Check that nothing was copied along with a secret.

    Raises:
        ValueError: a control character anywhere, or a blank or mark at an end.
    """
    text = value.get_secret_value()
    if not text.isprintable() or text != text.strip():
        odd = "; ".join(f"{one.text}: {one.now}" for one in oddities(text))
        raise ValueError(odd or "holds a line break or another control character")
    return value


def proxy_url(value: SecretStr) -> SecretStr:
    """Check where a proxy is; empty is not set.

    Raises:
        ValueError: not the URL of one that can be used.
    """
    text = value.get_secret_value()
    if text:
        proxy_of(text, "")
    return value


def authorities(path: str) -> str:
    """Check that a file holds certificates; empty is not set.

    Raises:
        ValueError: it cannot be read or used.
    """
    if path and (fault := authority_fault(path)):
        raise ValueError(f"names a file that is of no use: {fault}")
    return path


def name(text: str) -> str:
    """Check a name that stands in commands and messages; empty is not set.

    Raises:
        ValueError: it is long, or would have to be quoted.
    """
    if text and not _NAME.fullmatch(text):
        raise ValueError("must be 1 to 63 letters of ASCII, digits, ., _ or -")
    return text


def network(value: object) -> object:
    """Read a network like 10.0.0.0/8.

    Raises:
        ValueError: not one, or one with bits set past its length.
    """
    try:
        return ip_network(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("must be a network like 10.0.0.0/8 or fd00::/8") from None


Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Name = Annotated[Text, AfterValidator(name)]
HttpUrl = Annotated[str, AfterValidator(http_url)]
BaseUrl = Annotated[str, AfterValidator(base_url)]
BrokerUrl = Annotated[str, AfterValidator(broker_url)]
RedisUrl = Annotated[str, AfterValidator(redis_url)]
DurabilityText = Annotated[str, AfterValidator(durability)]
MarksUrl = Annotated[str, AfterValidator(marks_url)]
DotNetForm = Annotated[str, AfterValidator(checked)]
Secret = Annotated[SecretStr, AfterValidator(secret)]
AuthoritiesFile = Annotated[Text, AfterValidator(authorities)]
#: Not shown anywhere: it may hold a password.
ProxyUrl = Annotated[Secret, AfterValidator(proxy_url)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(network)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Pause = Annotated[float, Field(ge=0, allow_inf_nan=False)]
PerMinute = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Port = Annotated[int, Field(ge=0, le=65_535)]
