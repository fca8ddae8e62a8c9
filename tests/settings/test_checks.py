"""Checks of settings: what must be set, what may not be, and the report."""

import json
from itertools import chain

import pytest

from tests.settings.environments import DECK, WESTCON, names, problems, with_endpoint
from workers.fields.names import variables
from workers.partners.deck.settings import Deck
from workers.partners.ingram.settings import Ingram
from workers.partners.westcon.settings import Westcon
from workers.settings.settings import Settings, SettingsError


def test_the_defaults_are_the_real_partners() -> None:
    settings = Settings.load(WESTCON | DECK)

    assert settings.of(Westcon).base_url == "https://api.westconcomstor.com"
    assert settings.of(Ingram).base_url == "https://api.ingrammicro.com:443/sandbox"
    assert settings.broker_url == settings.redis_url == "redis://localhost:6379/0"
    assert settings.of(Westcon).retry.attempts == 10


def test_settings_cannot_be_changed() -> None:
    settings = Settings.load(DECK)

    with pytest.raises(ValueError, match="frozen"):
        settings.lease = 1  # type: ignore[misc] # the very thing
    with pytest.raises(ValueError, match="frozen"):
        settings.of(Deck).format = "xml"  # type: ignore[misc] # the very thing


def test_all_gaps_and_mistakes_are_reported_at_once() -> None:
    environ = {
        "WAYBILL_LEASE": "soon",
        "WAYBILL_REDIS_URL": "http://redis",
        "WAYBILL_LOG_FORMAT": "xml",
        "WAYBILL_WESTCON__CLIENT_ID": "client",
        "WAYBILL_DECK__API_KEY": "key",
        "WAYBILL_DECK__FORMAT": "yaml",
    }

    assert sorted(names(environ)) == [
        "WAYBILL_DECK__BASE_URL",
        "WAYBILL_DECK__FORMAT",
        "WAYBILL_DECK__SITE_CODE",
        "WAYBILL_LEASE",
        "WAYBILL_LOG_FORMAT",
        "WAYBILL_REDIS_URL",
        "WAYBILL_WESTCON__CLIENT_SECRET",
        "WAYBILL_WESTCON__PARTNER_KEY",
        "WAYBILL_WESTCON__SUBSCRIPTION_KEY",
    ]


def test_no_partner_at_all_is_a_gap() -> None:
    (problem,) = problems({})

    assert problem.startswith("No partner is in use: set WAYBILL_WESTCON__CLIENT_ID")


@pytest.mark.parametrize("given", [*WESTCON, *DECK])
def test_any_credential_puts_its_partner_in_use_with_all_it_needs(given: str) -> None:
    needed = WESTCON if given in WESTCON else DECK

    missing = names({given: needed[given]})

    assert sorted(missing) == sorted(set(needed) - {given})


def test_a_partner_that_is_not_in_use_needs_nothing() -> None:
    settings = Settings.load(DECK)

    assert settings.of(Deck).in_use
    assert not settings.of(Westcon).in_use
    assert not settings.of(Ingram).in_use


def test_a_relay_endpoint_needs_ingrams_credentials_and_a_direct_one_none() -> None:
    assert names(with_endpoint(mode="direct")) == []
    assert names(with_endpoint(mode="relay")) == [
        "WAYBILL_INGRAM__CLIENT_ID",
        "WAYBILL_INGRAM__CLIENT_SECRET",
    ]


def test_an_endpoint_needs_a_target_and_a_secret() -> None:
    found = problems({"WAYBILL_INGRAM__ENDPOINTS": '{"acme": {"mode": "direct"}}'})

    assert found == (
        "WAYBILL_INGRAM__ENDPOINTS (acme.target_url) is missing",
        "WAYBILL_INGRAM__ENDPOINTS (acme.secrets) is missing",
    )


def test_an_endpoints_secret_is_a_text_or_has_its_time() -> None:
    secrets = ["plain", {"value": "timed", "until": "2027-01-01T00:00:00+01:00"}]

    settings = Settings.load(with_endpoint(secrets=secrets))

    plain, timed = settings.of(Ingram).endpoints["acme"].secrets
    assert plain.value.get_secret_value() == "plain"
    assert plain.until is None
    assert timed.until is not None
    assert timed.until.isoformat() == "2027-01-01T00:00:00+01:00"


def test_an_endpoint_without_limits_has_those_of_ingram() -> None:
    general = {"WAYBILL_INGRAM__MAX_LEASED": "7", "WAYBILL_INGRAM__RATE": "60"}

    plain = Settings.load(with_endpoint() | general).of(Ingram)
    own = Settings.load(with_endpoint(max_leased=3, rate=0) | general).of(Ingram)

    def limits(ingram: Ingram) -> tuple[int, float]:
        acme = ingram.endpoints["acme"]
        return ingram.max_leased_of(acme), ingram.rate_of(acme)

    assert (limits(plain), limits(own)) == ((7, 60), (3, 0))


@pytest.mark.parametrize(
    "fields",
    [
        {"secrets": []},
        {"secrets": [""]},
        {"secrets": ["whsec_not base64"]},
        {"secrets": ["whsec_"]},
        {"secrets": ["ends\n"]},
        {"secrets": [{"value": "x", "until": "2027-01-01T00:00:00"}]},
        {
            "secrets": [
                {
                    "value": "x",
                    "from": "2027-01-01T00:00:00Z",
                    "until": "2026-01-01T00:00:00Z",
                }
            ]
        },
        {"target_url": "ftp://hooks.example"},
        {"target_url": "https://"},
        {"target_url": "https://user:pass@hooks.example"},
        {"target_url": "https://hooks.example\\@10.0.0.1/"},
        {"target_url": "https://hooks.example:99999/"},
        {"events": ["order_shipped"]},
        {"body": "pretty"},
        {"max_leased": 0},
        {"rate": -1},
    ],
)
def test_an_endpoint_that_cannot_work_is_refused(fields: dict[str, object]) -> None:
    assert names(with_endpoint(**fields)) == ["WAYBILL_INGRAM__ENDPOINTS"]


@pytest.mark.parametrize("name", ["Acme", "-acme", "a" * 65, "ac me", "acme\n", ""])
def test_an_endpoints_name_is_lower_case_and_short(name: str) -> None:
    endpoint = json.loads(with_endpoint()["WAYBILL_INGRAM__ENDPOINTS"])["acme"]

    found = names({"WAYBILL_INGRAM__ENDPOINTS": json.dumps({name: endpoint})})

    assert found == ["WAYBILL_INGRAM__ENDPOINTS"]


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("WAYBILL_REDIS_URL", "localhost:6379"),
        ("WAYBILL_REDIS_URL", "redis://"),
        ("WAYBILL_REDIS_URL", "redis://h:port/0"),
        ("WAYBILL_REDIS_URL", "rediss://h/0?ssl_cert_reqs=none"),
        ("WAYBILL_BROKER_URL", "rediss://h/0?ssl_cert_reqs=CERT_NONE"),
        ("WAYBILL_BROKER_URL", "amqp://h?heartbeat=1"),
        ("WAYBILL_LEASE", "0"),
        ("WAYBILL_LEASE", "inf"),
        ("WAYBILL_LEASE", "29"),
        ("WAYBILL_DEADLINE", "50.5"),
        ("WAYBILL_PARTITIONS", "0"),
        ("WAYBILL_HEALTH_PORT", "65536"),
        ("WAYBILL_INTAKE_PENDING", "99"),
        ("WAYBILL_INTAKE_MEMORY", "85"),
        ("WAYBILL_LOG_LEVEL", "loud"),
        ("WAYBILL_DECK__BASE_URL", "deck.example"),
        ("WAYBILL_DECK__BASE_URL", "https://deck.example/?x=1"),
        ("WAYBILL_DECK__API_KEY", "key\n"),
        ("WAYBILL_DECK__CODES", '{"2": "maybe"}'),
        ("WAYBILL_DECK__CODES", "[]"),
        ("WAYBILL_DECK__RETRY_PAUSES", "[-1]"),
        ("WAYBILL_DECK__RETRY_PAUSES", "5"),
        ("WAYBILL_DECK__RETRY_PAUSES", "[NaN]"),
        ("WAYBILL_WESTCON__POLL_MIN", "21601"),
        ("WAYBILL_INGRAM__ALLOWED_NETWORKS", '["10.0.0.1/8"]'),
        ("WAYBILL_INGRAM__TOKEN_METHOD", "PUT"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(variable: str, text: str) -> None:
    found = names(DECK | {variable: text})

    follows = {
        "WAYBILL_LEASE": {"WAYBILL_DEADLINE"},
        "WAYBILL_WESTCON__POLL_MIN": {"WAYBILL_WESTCON__POLL_MAX"},
    }
    assert len(found) == 1
    assert found[0] in {variable} | follows.get(variable, set())


@pytest.mark.parametrize(("lease", "longest"), [("60", "50"), ("30", "20"), ("9", "6")])
def test_a_deadline_leaves_ten_seconds_or_a_third_of_the_lease(
    lease: str, longest: str
) -> None:
    environ = DECK | {"WAYBILL_LEASE": lease}

    Settings.load(environ | {"WAYBILL_DEADLINE": longest})

    with pytest.raises(SettingsError, match=f"at most {longest} with a lease"):
        Settings.load(environ | {"WAYBILL_DEADLINE": longest + ".1"})


def test_a_base_url_loses_its_last_slash() -> None:
    assert Settings.load(DECK).of(Deck).base_url == "https://deck.example"


def test_unix_sockets_and_tls_are_places_for_redis() -> None:
    for url in ("unix:///run/redis.sock", "rediss://:p%40ss@redis.internal:6380/2"):
        assert Settings.load(DECK | {"WAYBILL_REDIS_URL": url}).redis_url == url


def test_no_complaint_holds_a_value() -> None:
    canary = "C4N4RY"
    texts = (canary, f'["{canary}"]', f'{{"{"a"}": {{"secrets": ["{canary}\\n"]}}}}')
    known = [variable.name for variable in variables(Settings)]

    found = chain.from_iterable(
        problems(dict.fromkeys(known, text)) for text in (*texts, f"{canary}\n")
    )

    assert canary not in "".join(found)


def test_a_traceback_of_settings_holds_no_value() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(WESTCON | {"WAYBILL_WESTCON__SUBSCRIPTION_KEY": "C4N4RY\n"})

    error: BaseException | None = caught.value
    while error is not None:
        assert "C4N4RY" not in f"{error!s} {error!r}"
        error = error.__cause__ or error.__context__


def test_the_repr_of_settings_holds_no_secret() -> None:
    secret = "C4N4RY"
    environ = {k: f"https://{secret}" if "URL" in k else secret for k in WESTCON | DECK}
    environ |= with_endpoint(secrets=[secret], target_url=f"https://h/{secret}")
    environ["WAYBILL_REDIS_URL"] = f"redis://:{secret}@h/0"
    environ["WAYBILL_DECK__BASE_URL"] = "https://deck.example"
    environ["WAYBILL_DECK__SITE_CODE"] = "site"
    environ["WAYBILL_WESTCON__CLIENT_ID"] = "client"

    assert secret not in repr(Settings.load(environ))
