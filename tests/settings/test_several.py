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
    dach = {"partner_key": "dach-key", "rate": 30, "max_leased": 7, "shipment_rate": 6}
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


def test_what_it_does_not_set_is_as_set_beside_the_map() -> None:
    dach = {"partner_key": "dach-key", "language": "DE"}
    both = settings({"dach": dach}, {"us": US}).of(Westcon).by_place()

    own, other = both["westcon"], both["westcon/dach"]

    keys = [one.partner_key.get_secret_value() for one in (own, other)]
    assert keys == ["partner", "dach-key"]
    assert (own.language, other.language) == ("EN", "DE")
    assert other.client_id == own.client_id == "client"
    assert other.poll_min == own.poll_min


def test_the_settings_beside_the_map_may_be_only_what_the_others_share() -> None:
    dach = {"partner_key": "dach-key"}

    found = settings(
        {"dach": dach},
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


def test_what_one_of_them_lacks_is_named_with_both_places_for_it() -> None:
    environ = {**WESTCON, ACCOUNTS: json.dumps({"dach": {"language": "DE"}})}
    del environ["WAYBILL_WESTCON__PARTNER_KEY"]

    (problem,) = problems(environ)

    assert problem.startswith(f"{ACCOUNTS} (dach.partner_key) is missing: ")
    assert (
        "Give it to the account, or to all by WAYBILL_WESTCON__PARTNER_KEY" in problem
    )


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
    one = {"partner_key": "k"} if variable == ACCOUNTS else US

    found = problems({**WESTCON, **DECK, variable: json.dumps({name: one})})

    assert [words in problem for problem in found] == [True]


def test_a_key_that_is_nearly_one_is_asked_about() -> None:
    environ = {**WESTCON, ACCOUNTS: json.dumps({"dach": {"partnerkey": "k"}})}

    (problem,) = problems(environ)

    assert "did you mean" in problem
    assert "partner_key" in problem
    assert names(environ) == [ACCOUNTS]


def test_secrets_come_by_file_and_the_rest_by_the_environment(tmp_path: Path) -> None:
    secret = {"dach": {"partner_key": "dach-key"}, "uk": {"partner_key": "uk-key"}}
    (tmp_path / ACCOUNTS).write_text(json.dumps(secret) + "\n", "utf-8")

    found = settings(
        {"dach": {"language": "DE"}, "uk": {}}, WAYBILL_SECRETS_DIR=str(tmp_path)
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
