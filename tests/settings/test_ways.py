"""How a partner is reached: whom we trust, through which proxy."""

from pathlib import Path

import certifi
import pytest

from tests.http.test_tls import make_certificate
from tests.settings.environments import DECK, WESTCON, names, problems, with_endpoint
from workers.fields.partner import Partner
from workers.http.proxy import Proxy
from workers.partners.deck.settings import Deck
from workers.partners.ingram.settings import Ingram
from workers.partners.westcon.settings import Westcon
from workers.settings.settings import Settings
from workers.wiring.calls import reach_of

EVERY = WESTCON | DECK | with_endpoint()
PARTNERS = ("WESTCON", "DECK", "INGRAM")


def proxy(settings: Settings, model: type[Partner]) -> Proxy | None:
    own = settings.of(model)
    return reach_of(settings, model.__name__.lower()).proxy(own)


def test_without_these_settings_a_partner_is_called_straight() -> None:
    settings = Settings.load(EVERY)

    for own in (settings.of(Westcon), settings.of(Deck), settings.of(Ingram)):
        assert own.ca_file == ""
    assert proxy(settings, Westcon) is None


@pytest.mark.parametrize("partner", PARTNERS)
def test_a_file_of_authorities_is_taken(partner: str, tmp_path: Path) -> None:
    own = make_certificate(tmp_path, "DNS:partner.example")

    for path in (own, Path(certifi.where())):
        assert problems(EVERY | {f"WAYBILL_{partner}__CA_FILE": str(path)}) == ()


@pytest.mark.parametrize("partner", PARTNERS)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "it cannot be read: No such file or directory"),
        (b"", "it holds no certificate in PEM form"),
        (b"not PEM", "it holds no certificate in PEM form"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "it is no"),
        (b"\x30\x82\x01\x0a\x02\x82", "it holds no certificate in PEM form"),
    ],
)
def test_a_file_that_trusts_nobody_is_reported_at_the_start(
    partner: str, text: bytes | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "authorities.pem"
    if text is not None:
        path.write_bytes(text)

    (problem,) = problems(EVERY | {f"WAYBILL_{partner}__CA_FILE": str(path)})

    assert problem.startswith(
        f"WAYBILL_{partner}__CA_FILE names a file that is of no use: "
    )
    assert message in problem


def test_a_folder_and_a_key_are_no_authorities(tmp_path: Path) -> None:
    make_certificate(tmp_path, "DNS:partner.example")

    for path in (tmp_path, tmp_path / "key.pem"):
        environ = EVERY | {"WAYBILL_DECK__CA_FILE": str(path)}
        assert names(environ) == ["WAYBILL_DECK__CA_FILE"]


@pytest.mark.parametrize(
    ("url", "place", "authorization"),
    [
        ("http://proxy.internal:3128", "proxy.internal:3128", ""),
        ("http://proxy.internal:3128/", "proxy.internal:3128", ""),
        ("HTTP://10.0.0.1:80", "10.0.0.1:80", ""),
        ("http://[fd00::1]:8080", "[fd00::1]:8080", ""),
        ("http://u:p@proxy:3128", "proxy:3128", "Basic dTpw"),
        ("http://u@proxy:3128", "proxy:3128", "Basic dTo="),
        ("http://u:%40%3A%C3%A4@proxy:3128", "proxy:3128", "Basic dTpAOsOk"),
    ],
)
def test_a_proxy_is_a_place_and_perhaps_a_user(
    url: str, place: str, authorization: str
) -> None:
    settings = Settings.load(EVERY | {"WAYBILL_WESTCON__PROXY": url})

    found = proxy(settings, Westcon)

    assert found is not None
    assert str(found) == f"the proxy {place} (WAYBILL_WESTCON__PROXY)"
    assert found.authorization == authorization
    assert proxy(settings, Deck) is None


@pytest.mark.parametrize("partner", PARTNERS)
@pytest.mark.parametrize(
    "url",
    [
        "https://user:C4N4RY@proxy.internal:3128",
        "socks5://user:C4N4RY@proxy.internal:1080",
        "user:C4N4RY@proxy.internal:3128",
        "proxy.internal:3128",
        "http://C4N4RY",
        "http://C4N4RY:0",
        "http://C4N4RY:port",
        "http://:3128",
        "http://proxy.internal:3128/C4N4RY",
        "http://proxy.internal:3128?C4N4RY",
        "http://user:C4N4RY#1@proxy.internal:3128",
        "http://user:C4N4RY/1@proxy.internal:3128",
        "http://us%3Aer:C4N4RY@proxy.internal:3128",
        "http://user:C4N4RY%0d%0a@proxy.internal:3128",
        "http://user:C4N4RY@pro xy:3128",
        "http://user:C4N4RY@[::1:3128",
        "http://proxy.internal:3128\nC4N4RY",
    ],
)
def test_what_is_no_usable_proxy_is_reported_at_the_start_and_not_shown(
    partner: str, url: str
) -> None:
    (problem,) = problems(EVERY | {f"WAYBILL_{partner}__PROXY": url})

    assert problem.startswith(f"WAYBILL_{partner}__PROXY ")
    assert "C4N4RY" not in problem


def test_the_repr_of_settings_holds_no_proxys_user() -> None:
    url = "http://us3r:C4N4RY@proxy.internal:3128"
    settings = Settings.load(EVERY | {"WAYBILL_DECK__PROXY": url})

    shown = f"{settings!r}{proxy(settings, Deck)!r}{proxy(settings, Deck)}"

    assert "C4N4RY" not in shown
    assert "us3r" not in shown
    assert "proxy.internal:3128" in shown
