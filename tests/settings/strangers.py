"""Variables of strangers: other applications', platforms', the machine's."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from hypothesis import strategies as st

#: Where another application's hints would travel.
ELSEWHERE = "redis://other-application:6379/5"
#: What Celery, kombu and Flower read, and values that would do something.
LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "BROKER_URL": (ELSEWHERE, "amqp://guest@other//"),
    "CELERY_BROKER": (ELSEWHERE,),
    "CELERY_BROKER_READ_URL": (ELSEWHERE,),
    "CELERY_BROKER_URL": (ELSEWHERE, "memory://"),
    "CELERY_BROKER_WRITE_URL": (ELSEWHERE,),
    "CELERY_CONFIG_MODULE": ("other.celeryconfig",),
    "CELERY_LOADER": ("other.loaders:Loader", "django"),
    "CELERY_RESULT_BACKEND": (ELSEWHERE, "django-db"),
    "CELERY_TIMEZONE": ("Asia/Tokyo",),
    "CELERY_TASK_ALWAYS_EAGER": ("1",),
    "CELERY_WORKER_CONCURRENCY": ("4", "many"),
    "CELERY_WORKER_POOL": ("gevent", "solo"),
    "CELERY_WORKER_PURGE": ("1",),
    "CELERY_WORKER_QUEUES": ("celery", "orders,celery"),
    "CONFIG_MODULE": ("other.celeryconfig",),
    "DJANGO_SETTINGS_MODULE": ("other.settings",),
    "FLOWER_PORT": ("tcp://10.0.0.7:5555",),
    "KOMBU_LOG_CONNECTION": ("1",),
    "LOADER": ("other.loaders:Loader",),
    "PROMETHEUS_MULTIPROC_DIR": ("/nowhere/metrics",),
    "RESULT_BACKEND": (ELSEWHERE,),
}
MACHINE: Mapping[str, tuple[str, ...]] = {
    "COLUMNS": ("wide", "20"),
    "CURL_CA_BUNDLE": ("/nowhere.pem",),
    "FORCE_COLOR": ("1",),
    "HTTPS_PROXY": ("http://proxy:3128",),
    "HTTP_PROXY": ("http://proxy:3128",),
    "LANG": ("C", "tr_TR.ISO-8859-9"),
    "NO_COLOR": ("1",),
    "REDIS_URL": (ELSEWHERE,),
    "REQUESTS_CA_BUNDLE": ("/nowhere.pem",),
    "SSL_CERT_FILE": ("/nowhere.pem",),
    "TZ": ("Pacific/Kiritimati",),
    "all_proxy": ("socks5://proxy:1080",),
}

_WORDS = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True), max_size=3)
#: Names of services in the prefix that our settings have, and in others.
_SERVICES = st.one_of(
    _WORDS.map(lambda words: "-".join(("waybill", *words))),
    st.sampled_from(("waybill-health", "waybill-westcon", "waybill-redis", "flower")),
    st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z0-9]", fullmatch=True),
)
_ADDRESSES = st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str))
_PORTS = st.integers(1, 65_535)
_PROTOCOLS = st.sampled_from(("tcp", "udp", "sctp"))


@st.composite
def kubernetes(draw: st.DrawFn) -> dict[str, str]:
    """What Kubernetes gives every container about one service."""
    name = draw(_SERVICES).upper().replace("-", "_")
    host, port, protocol = draw(_ADDRESSES), draw(_PORTS), draw(_PROTOCOLS)
    place = f"{protocol}://{f'[{host}]' if ':' in host else host}:{port}"
    stem = f"{name}_PORT_{port}_{protocol.upper()}"
    return {
        f"{name}_SERVICE_HOST": host,
        f"{name}_SERVICE_PORT": str(port),
        f"{name}_SERVICE_PORT_HTTP": str(port),
        f"{name}_PORT": place,
        stem: place,
        f"{stem}_PROTO": protocol,
        f"{stem}_PORT": str(port),
        f"{stem}_ADDR": host,
    }


@st.composite
def docker_link(draw: st.DrawFn) -> dict[str, str]:
    """What Docker gives a container about one that it is linked to."""
    name = draw(_SERVICES).upper().replace("-", "_")
    host, port = draw(st.ip_addresses(v=4).map(str)), draw(_PORTS)
    stem = f"{name}_PORT_{port}_TCP"
    return {
        f"{name}_NAME": f"/worker/{name.lower()}",
        f"{name}_PORT": f"tcp://{host}:{port}",
        stem: f"tcp://{host}:{port}",
        f"{stem}_START": f"tcp://{host}:{port}",
        f"{stem}_PORT_START": str(port),
        f"{stem}_PROTO": "tcp",
        f"{stem}_PORT": str(port),
        f"{stem}_ADDR": host,
        f"{name}_ENV_REDIS_URL": draw(st.text("abc:/ '\"", max_size=8)),
    }


def _some(known: Mapping[str, tuple[str, ...]]) -> st.SearchStrategy[dict[str, str]]:
    one = {name: st.sampled_from(texts) for name, texts in known.items()}
    return st.fixed_dictionaries({}, optional=one)


#: Names that begin like Celery's, whether it reads them or not.
_CELERYS = st.dictionaries(
    st.from_regex(r"CELERYD?_[A-Z][A-Z_]{0,20}", fullmatch=True),
    st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=12),
    max_size=4,
)


def environments() -> st.SearchStrategy[dict[str, str]]:
    """Environments that hold nothing of ours."""
    parts = (kubernetes(), docker_link(), _some(LIBRARIES), _some(MACHINE), _CELERYS)
    return st.tuples(*parts).map(_joined)


def _joined(parts: tuple[dict[str, str], ...]) -> dict[str, str]:
    return {name: text for part in parts for name, text in part.items()}


@contextmanager
def process_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Give this process an environment, and its own back."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
