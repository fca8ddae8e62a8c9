"""A Redis' URL means one thing to every library, or it is refused by its setting."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from celery import Celery
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from kombu.transport.redis import Transport
from redis.connection import parse_url

from tests.settings.environments import DECK, problems
from waybill.trouble import place
from workers.celery_app.settings import celery_settings
from workers.redis.address import RedisAddress, redis_address, same_server
from workers.redis.clients import hasty_client, ledger_client, patient_client
from workers.settings.settings import Settings, broker_of

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
HOSTS = st.sampled_from(("redis", "redis.internal", "10.0.0.7", "[fd00::7]", "a_b"))
SECRET = "C4N4RY"


@st.composite
def urls(draw: st.DrawFn) -> str:
    """URLs as they should be."""
    user, password = (quote(draw(PRINTABLE), safe="") for _ in "ab")
    login = f"{user}:{password}@" if user or password else ""
    database = draw(st.sampled_from(("", "/", "/0", "/15")))
    if draw(st.booleans()):
        return f"unix://{login}/run/redis.sock{draw(st.sampled_from(('', '?db=4')))}"
    port = draw(st.sampled_from(("", ":6379", ":65535")))
    if draw(st.booleans()):
        return f"redis://{login}{draw(HOSTS)}{port}{database}"
    tls = draw(st.sampled_from(("", "?ssl_cert_reqs=required&ssl_min_version=772")))
    return f"rediss://{login}{draw(HOSTS)}{port}{database}{tls}"


@hypothesis_settings(max_examples=100, deadline=None)
@given(urls())
def test_both_libraries_read_what_is_accepted_alike(url: str) -> None:
    read_by_redis: Callable[[str], dict[str, Any]] = parse_url
    ours, theirs = redis_address(url), read_by_redis(url)
    app = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(url))

    params = kombus(app)

    assert theirs.get("password", "") == ours.password
    assert theirs.get("username", "") == ours.user
    assert theirs.get("db", 0) == ours.database == params["db"]
    assert (params["password"] or "") == ours.password
    assert (params["username"] or "") == ours.user
    if ours.scheme == "unix":
        assert theirs["path"] == ours.path == params["path"]
    else:
        assert theirs["host"] == ours.host == params["host"]
        assert theirs.get("port", 6379) == ours.port == params["port"]


def kombus(app: Celery) -> dict[str, Any]:
    """What kombu would connect with; nothing connects."""
    connection = app.connection_for_read()
    channel: Any = Transport.Channel.__new__(Transport.Channel)
    channel.connection = connection.transport
    channel.max_connections = 1
    return dict(channel._connparams())


@hypothesis_settings(max_examples=50, deadline=None)
@given(urls())
def test_every_client_is_made_of_what_is_accepted(url: str) -> None:
    for client in (
        ledger_client(url, 1),
        patient_client(url, "tests"),
        hasty_client(url, "tests"),
    ):
        client.connection_pool.make_connection()
        client.close()


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text("redis:/@#?[]%&=.0129ab ", max_size=40).map(lambda t: f"redis://{t}"),
    )
)
def test_any_text_is_an_address_or_a_mistake_of_its_setting(text: str) -> None:
    for name in ("WAYBILL_REDIS_URL", "WAYBILL_BROKER_URL"):
        found = problems(DECK | {name: text})

        assert all(one.startswith(f"{name} ") for one in found)
        if not found and text:
            assert isinstance(redis_address(text), RedisAddress)


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.text("@/#?%[]:&= ", max_size=4), st.text("@/#?%[]:&= ", max_size=4))
def test_nothing_of_a_password_is_ever_shown(before: str, after: str) -> None:
    url = f"redis://:{before}{SECRET}{after}x@redis.internal:6379/0"

    found = problems(DECK | {"WAYBILL_REDIS_URL": url})

    assert SECRET not in "".join(found) + place(url)
    if not found:
        assert place(url) == "redis://redis.internal:6379/0"


@pytest.mark.parametrize(
    "url",
    [
        "redis://:p@ss/w#rd@host",
        "redis://:pa/ss@host:6379/0",
        "redis://:p?ss@host/0",
        "redis://:p#ss@host/0",
        "redis://:pa[ss@host/0",
        "redis://:50%off@host/0",
        "redis://:päss@host/0",
    ],
)
def test_an_unencoded_password_is_refused_with_how_to_write_it(url: str) -> None:
    (problem,) = problems(DECK | {"WAYBILL_REDIS_URL": url})

    assert problem.startswith("WAYBILL_REDIS_URL ")
    assert "percent-encode" in problem


@pytest.mark.parametrize("name", ["WAYBILL_REDIS_URL", "WAYBILL_BROKER_URL"])
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("Redis://h/0", "lower case: redis://"),
        ("REDISS://h/0", "lower case: rediss://"),
        ("localhost:6379", "must be redis://"),
        ("   ", "must be redis://"),
        ("kafka://h", "must be redis://"),
        ("redis://", "has no host"),
        ("redis:///0", "has no host"),
        ("redis://:6379/0", "has no host"),
        ("redis://h:0/0", "port 0"),
        ("redis://h:65536/0", "no port of 1 to 65535"),
        ("redis://h:port/0", "no port of 1 to 65535"),
        ("redis://h1,h2:6379/0", "no host that could be looked up"),
        ("redis://a..b/0", "no host that could be looked up"),
        (f"redis://{'a' * 64}.example/0", "no host that could be looked up"),
        ("redis://h/abc", "a database's number"),
        ("redis://h/0/1", "a database's number"),
        ("redis://h/-1", "a database's number"),
        ("redis://h?db=x", "option db that is not a database's number"),
        ("redis://h/1?db=2", "names two databases"),
        ("redis://h?db=1&db=2", "names the option db twice"),
        ("redis://h?db", "option without a value"),
        ("redis://h?foo=1", "option 'foo'"),
        ("redis://h?socket_timeout=abc", "option 'socket_timeout'"),
        ("redis://h?protocol=3", "option 'protocol'"),
        ("redis://h?decode_responses=true", "option 'decode_responses'"),
        ("redis://h?password=x", "option 'password'"),
        ("redis://h?ssl=false", "option 'ssl'"),
        ("redis://h?ssl_ca_certs=/x.pem", "needs rediss://"),
        ("rediss://h?ssl_cert_reqs=none", "turns certificate checks off"),
        ("rediss://h?ssl_cert_reqs=None", "turns certificate checks off"),
        ("rediss://h?ssl_cert_reqs=CERT_NONE", "turns certificate checks off"),
        ("rediss://h?ssl_cert_reqs=optional", "turns certificate checks off"),
        ("rediss://h?ssl_cert_reqs=0", "turns certificate checks off"),
        ("rediss://h?ssl_cert_reqs=", "turns certificate checks off"),
        ("rediss://h?ssl%5Fcert_reqs=none", "turns certificate checks off"),
        ("rediss://h?ssl_check_hostname=false", "turns certificate checks off"),
        ("rediss://h?ssl_check_hostname=no", "turns certificate checks off"),
        ("rediss://h?ssl_check_hostname=0", "turns certificate checks off"),
        ("rediss://h?SSL_CHECK_HOSTNAME=false", "option 'SSL_CHECK_HOSTNAME'"),
        ("rediss://h?ssl_ciphers=aNULL", "option 'ssl_ciphers'"),
        ("rediss://h?ssl_exclude_verify_flags=VERIFY_X509_STRICT", "option 'ssl_exc"),
        ("rediss://h?ssl_min_version=769", "ssl_min_version=771"),
        ("redis+sentinel://h", "the name that the sentinels have"),
        ("redis+sentinel://h/", "the name that the sentinels have"),
        ("redis+sentinel://h/a b", "a blank"),
        ("redis+sentinel://h,/mymaster", "has no host"),
        ("redis+sentinel://h:0/mymaster", "has port 0"),
        ("redis+sentinel://h/mymaster/x", "a database's number"),
        ("redis+sentinel://h/mymaster/1?db=2", "names two databases"),
        ("redis+sentinel://h/mymaster?ssl_ca_certs=/x.pem", "needs rediss://"),
        ("redis://h?sentinel_password=x", "option 'sentinel_password'"),
        ("sentinel://h:26379", "write redis+sentinel://"),
        ("cluster://h", "write redis+cluster://"),
        ("redis+cluster://h/1", "names a database"),
        ("redis+socket:///run/r.sock", "write unix:///path"),
        ("unix://run/r.sock", "three slashes"),
        ("unix://", "three slashes"),
        ("unix:///r.sock?db=x", "option db"),
    ],
)
def test_what_cannot_work_is_refused_by_name(name: str, url: str, message: str) -> None:
    (problem,) = problems(DECK | {name: url})

    assert problem.startswith(f"{name} ")
    assert message in problem


def test_the_broker_is_the_ledgers_redis_with_all_that_its_url_states() -> None:
    url = "rediss://:p%2Fw@h:6380/2?ssl_ca_certs=/run/ca.pem"

    settings = Settings.load(DECK | {"WAYBILL_REDIS_URL": url})

    assert settings.broker_url == url
    assert celery_settings(url)["broker_url"] == "rediss://:p%2Fw@h:6380/2"


def test_a_url_names_the_sentinels_and_what_they_watch() -> None:
    url = "rediss+sentinel://u:p%2Fw@a:26380,[fd00::7],c/my.master-1/3"

    place = redis_address(f"{url}?ssl_ca_certs=/run/ca.pem&sentinel_password=s%40t")

    assert place.watched is not None
    assert list(map(str, place.watched.sentinels)) == [
        "a:26380",
        "[fd00::7]:26379",
        "c:26379",
    ]
    assert (place.watched.service, place.database) == ("my.master-1", 3)
    assert (place.user, place.password) == ("u", "p/w")
    assert place.watched.password == "s@t"
    shown = "rediss+sentinel://a:26380,[fd00::7]:26379,c:26379/my.master-1/3"
    assert place.shown == shown
    assert "p/w" not in repr(place)
    assert "s@t" not in repr(place)


def test_a_sentinels_url_has_its_password_and_nothing_of_the_primarys() -> None:
    place = redis_address("redis+sentinel://u:p@a,b/m/2?sentinel_password=s%2Ft")
    assert place.watched is not None

    read: Callable[[str], dict[str, Any]] = parse_url
    theirs = read(place.of_sentinel(place.watched.sentinels[1]))
    primarys = read(place.for_redis)

    assert (theirs["host"], theirs["port"]) == ("b", 26379)
    assert (theirs["password"], theirs.get("username")) == ("s/t", None)
    assert (primarys["username"], primarys["password"], primarys["db"]) == ("u", "p", 2)


def test_the_sentinels_password_comes_from_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "WAYBILL_SENTINEL_PASSWORD").write_text("of/them\n")
    url = "redis+sentinel://:pw@h1,h2/m"
    environ = DECK | {
        "WAYBILL_REDIS_URL": url,
        "WAYBILL_SECRETS_DIR": str(tmp_path),
    }

    settings = Settings.load(environ)

    for found in (settings.redis_url, settings.broker_url, broker_of(environ)):
        place = redis_address(found)
        assert place.watched is not None
        assert (place.password, place.watched.password) == ("pw", "of/them")
    assert "of/them" not in repr(settings)
    assert "of%2Fthem" not in repr(settings)


def test_flower_is_given_what_it_asks_a_sentinel_with() -> None:
    found = celery_settings("redis+sentinel://:pw@h1,h2/m/0?sentinel_password=s")

    options = found["broker_transport_options"]
    assert found["broker_url"] == "sentinel://:pw@h1:26379/0"
    assert options["master_name"] == "m"
    assert options["sentinel_kwargs"] == {"password": "s"}
    assert "pw" not in repr(options["sentinels"])


def test_sentinels_are_the_same_in_any_order() -> None:
    one = "redis+sentinel://a,b:1/m/0"

    assert same_server(one, "redis+sentinel://:pw@b:1,a:26379/m/5")
    assert not same_server(one, "redis+sentinel://a,b:1/n/0")
    assert not same_server(one, "redis://a:26379/0")
