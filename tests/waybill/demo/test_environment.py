"""The demo's processes get the demo's settings, and none of the caller's."""

from waybill.demo.environment import inherited, settings
from workers.partners.deck.settings import Deck
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings

CALLER = {
    "PATH": "/usr/bin",
    "WAYBILL_DECK__API_KEY": "the caller's own",
    "WAYBILL_NO_SUCH_SETTING": "x",
    "CELERY_BROKER_URL": "redis://elsewhere",
    "FLOWER_BASIC_AUTH": "the:caller",
}


def test_the_callers_settings_are_left_behind() -> None:
    assert inherited(CALLER) == {"PATH": "/usr/bin"}


def test_the_settings_are_whole_and_have_a_site_for_each_format() -> None:
    made = settings("redis://127.0.0.1:1/0", "http://127.0.0.1:2", volatile=False)

    loaded = Settings.load({**inherited(CALLER), **made})

    formats = {one.instance.name: one.format for one in loaded.of(Deck).each()}
    assert formats == {"default": "json", "xml": "xml"}
    assert loaded.of(Ingram).endpoints["globex"].mode == "relay"
    assert set(loaded.of(Ingram).endpoints) == {"acme", "globex", "initech", "hooli"}
    assert not loaded.allow_volatile_redis
