"""Further accounts and sites: what each sets, what it shares, what it is called."""

import json
from pathlib import Path

import pytest

from serializers.order import DEFAULT
from tests.settings.environments import DECK, WESTCON, names, problems
from workers.partners.deck.settings import Deck
from workers.partners.westcon.settings import Westcon
from workers.settings.settings import Settings
from workers.wiring.partners import destinations_of, instance_names, plan_rules_of

ACCOUNTS, SITES = "WAYBILL_WESTCON__ACCOUNTS", "WAYBILL_DECK__SITES"
US = {"site_code": "US", "api_key": "us-key"}
#: Everything that says who one is, but for the partner key.
ACCESS = ["client_id", "client_secret", "subscription_key"]
DACH = {"partner_key": "dach-key", "shared": ACCESS}


def settings(accounts: object = None, sites: object = None, **more: str) -> Settings:
    environ = {**WESTCON, **DECK, **more}
    for name, value in ((ACCOUNTS, accounts), (SITES, sites)):
        if value is not None:
            environ[name] = json.dumps(value)
    return Settings.load({k: v for k, v in environ.items() if v})


def test_without_a_map_all_is_called_as_it_was() -> None:
    found = settings()

    assert [one.name for one in destinations_of(found)] == [
        "westcon",
        "westcon/shipments",
        "deck",
    ]
    assert instance_names(found) == {"account": [DEFAULT], "site": [DEFAULT]}


def test_each_is_a_destination_of_its_own_with_limits_of_its_own() -> None:
    dach = {**DACH, "rate": 30, "max_leased": 7, "shipment_rate": 6}
    found = settings({"dach": dach}, {"us": {**US, "rate": 12}})

    known = {one.name: one for one in destinations_of(found)}

    assert list(known) == [
        "westcon",
        "westcon/shipments",
        "westcon/dach",
        "westcon/dach/shipments",
        "deck",
        "deck/us",
    ]
    limits = [
        (known[name].calls_per_minute, known[name].max_leased)
        for name in ("westcon", "westcon/dach", "deck/us")
    ]
    assert limits == [(0, 500), (30, 7), (12, 128)]
    assert known["westcon/dach/shipments"].calls_per_minute == 6
    rules = plan_rules_of(found)
    assert rules.accounts == {DEFAULT, "dach"}
    assert rules.sites == {DEFAULT, "us"}


def test_what_it_shares_and_what_names_nobody_is_as_set_beside_the_map() -> None:
    dach = {**DACH, "language": "DE"}
    both = settings({"dach": dach}, {"us": US}).of(Westcon).by_place()

    own, other = both["westcon"], both["westcon/dach"]

    keys = [one.partner_key.get_secret_value() for one in (own, other)]
    assert keys == ["partner", "dach-key"]
    assert (own.language, other.language) == ("EN", "DE")
    assert other.client_id == own.client_id == "client"
    assert other.poll_min == own.poll_min
    assert other.base_url == own.base_url


def test_the_settings_beside_the_map_may_be_only_what_the_others_share() -> None:
    found = settings(
        {"dach": DACH},
        {"us": US},
        WAYBILL_WESTCON__PARTNER_KEY="",
        WAYBILL_DECK__SITE_CODE="",
        WAYBILL_DECK__API_KEY="",
    )

    assert list(found.of(Westcon).by_place()) == ["westcon/dach"]
    assert list(found.of(Deck).by_place()) == ["deck/us"]
    assert plan_rules_of(found).accounts == {"dach"}


def test_a_map_alone_puts_a_partner_in_use() -> None:
    whole = {"base_url": "https://deck.example", **US}

    found = Settings.load({SITES: json.dumps({"us": whole})})

    assert [one.name for one in destinations_of(found)] == ["deck/us"]
    assert not found.of(Westcon).in_use


IDENTITY = {
    ACCOUNTS: ("WAYBILL_WESTCON__", [*ACCESS, "partner_key"], {}),
    SITES: ("WAYBILL_DECK__", ["site_code", "api_key"], {"format": "xml"}),
}


@pytest.mark.parametrize("variable", [ACCOUNTS, SITES])
def test_who_one_is_is_nobody_elses_without_a_word(variable: str) -> None:
    """Each that is missing is named with its place, and with the way to share it."""
    prefix, fields, own = IDENTITY[variable]
    environ = {**WESTCON, **DECK}

    found = problems({**environ, variable: json.dumps({"dach": own})})

    assert len(found) == len(fields)
    for problem, field in zip(found, fields, strict=True):
        assert problem.startswith(f"{variable} (dach.{field}) is missing: ")
        assert f"where it is that of {prefix}{field.upper()}" in problem
        assert f'`shared`: ["{field}"]' in problem
    shared = {"dach": {"shared": fields}}
    assert not problems({**environ, variable: json.dumps(shared)})


def test_a_user_of_the_site_default_is_not_that_of_another_with_a_key_of_its_own() -> (
    None
):
    both = settings(sites={"us": US}, WAYBILL_DECK__API_USERNAME="someone").of(Deck)

    users = {name: one.api_username for name, one in both.by_place().items()}

    assert users == {"deck": "someone", "deck/us": ""}


def test_what_is_shared_and_not_there_is_named_where_it_is_to_be_set() -> None:
    environ = {**WESTCON, ACCOUNTS: json.dumps({"dach": DACH})}
    del environ["WAYBILL_WESTCON__PARTNER_KEY"]
    del environ["WAYBILL_WESTCON__CLIENT_SECRET"]

    (problem,) = problems(environ)

    assert problem.startswith(f"{ACCOUNTS} (dach.client_secret) is missing: ")
    assert "It is shared: set WAYBILL_WESTCON__CLIENT_SECRET" in problem


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://elsewhere.example/token", "client_secret"),
        ("http://login.microsoftonline.com/token", "client_id"),
        ("https://login.microsoftonline.com:8443/token", "client_secret"),
        ("https://login.microsoftonline.com/own/oauth2/token", ""),
        ("https://LOGIN.microsoftonline.com:443/own/oauth2/token", ""),
    ],
)
def test_no_secret_is_shared_with_another_host(url: str, secret: str) -> None:
    shared = [name for name in ACCESS if name in {secret, "subscription_key"}]
    own = {name: "own" for name in (*ACCESS, "partner_key") if name not in shared}
    dach = {**own, "token_url": url, "shared": shared}

    found = problems({**WESTCON, ACCOUNTS: json.dumps({"dach": dach})})

    whose = (
        f"(dach.shared) names {secret}, which is for another host than the token_url"
    )
    assert [whose in one for one in found] == ([True] if secret else [])
    assert "elsewhere" not in " ".join(found)


@pytest.mark.parametrize(
    ("variable", "own", "field"),
    [
        (ACCOUNTS, {**DACH, "shared": [*ACCESS, "partner_key"]}, "partner_key"),
        (SITES, {**US, "shared": ["api_key"]}, "api_key"),
    ],
)
def test_what_is_shared_and_given_is_asked_about(
    variable: str, own: dict[str, object], field: str
) -> None:
    (problem,) = problems({**WESTCON, **DECK, variable: json.dumps({"x": own})})

    assert f"{variable} (x.shared) names {field}, which the" in problem
    assert "key" not in problem.replace(field, "")


def test_what_is_no_word_of_who_one_is_cannot_be_shared() -> None:
    dach = {**DACH, "shared": [*ACCESS, "language"]}

    (problem,) = problems({**WESTCON, ACCOUNTS: json.dumps({"dach": dach})})

    assert problem.startswith(f"{ACCOUNTS} (dach.shared.3) must be")


@pytest.mark.parametrize(
    ("variable", "name", "words"),
    [
        # `westcon/shipments` is where the parcels of `default` are asked for.
        (ACCOUNTS, "shipments", "shipments cannot be the name of an account"),
        (ACCOUNTS, "default", "default cannot be the name of an account"),
        (SITES, "default", "default cannot be the name of a site"),
        (ACCOUNTS, "D/A", "lower-case letters, digits"),
        (SITES, "", "lower-case letters, digits"),
    ],
)
def test_a_name_that_means_something_else_or_no_name_is_refused(
    variable: str, name: str, words: str
) -> None:
    one = DACH if variable == ACCOUNTS else US

    found = problems({**WESTCON, **DECK, variable: json.dumps({name: one})})

    assert [words in problem for problem in found] == [True]


def test_a_key_that_is_nearly_one_is_asked_about() -> None:
    environ = {**WESTCON, ACCOUNTS: json.dumps({"dach": {**DACH, "partnerkey": "k"}})}

    (problem,) = problems(environ)

    assert "did you mean" in problem
    assert "partner_key" in problem
    assert names(environ) == [ACCOUNTS]


def test_secrets_come_by_file_and_the_rest_by_the_environment(tmp_path: Path) -> None:
    secret = {"dach": {"partner_key": "dach-key"}, "uk": {"partner_key": "uk-key"}}
    (tmp_path / ACCOUNTS).write_text(json.dumps(secret) + "\n", "utf-8")

    found = settings(
        {"dach": {"language": "DE", "shared": ACCESS}, "uk": {"shared": ACCESS}},
        WAYBILL_SECRETS_DIR=str(tmp_path),
    )

    of = found.of(Westcon).by_place()
    keys = {name: one.partner_key.get_secret_value() for name, one in of.items()}
    assert keys == {
        "westcon": "partner",
        "westcon/dach": "dach-key",
        "westcon/uk": "uk-key",
    }
    assert of["westcon/dach"].language == "DE"
    assert "dach-key" not in repr(found)
