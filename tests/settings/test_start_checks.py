"""What every call would be refused for is found before the first one."""

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest

from tests.http.test_tls import make_certificate
from tests.settings.environments import DECK, problems, with_endpoint
from workers.fields.pem_files import authority_fault, certificate_fault
from workers.settings.settings import Settings, SettingsError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our certificate with its key, apart and together, and files that are none."""
    made = tmp_path_factory.mktemp("pem")
    make_certificate(made, "DNS:own.example")
    other = tmp_path_factory.mktemp("other")
    make_certificate(other, "DNS:other.example")
    (made / "other.pem").write_bytes((other / "key.pem").read_bytes())
    (made / "junk.pem").write_text("no certificate")
    (made / "empty.pem").write_text("")
    command = [which("openssl") or "openssl", "ec", "-aes256", "-passout", "pass:word"]
    command += ["-in", str(made / "key.pem"), "-out", str(made / "locked.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return made


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("certificate.pem", ""),
        ("junk.pem", "no certificate in PEM form"),
        ("empty.pem", "no certificate in PEM form"),
        ("none.pem", "cannot be read: No such file"),
        (".", "cannot be read: Is a directory"),
        ("\0", "not a file's"),
    ],
)
def test_a_file_of_authorities_is_tried(folder: Path, name: str, text: str) -> None:
    fault = authority_fault(f"{folder}/{name}")

    assert text in fault
    assert bool(text) == bool(fault)


@pytest.mark.parametrize(
    ("own", "key", "text"),
    [
        ("certificate.pem", "", ""),
        ("certificate.pem", "key.pem", ""),
        ("certificate.pem", "other.pem", "the key is not that of the certificate"),
        ("certificate.pem", "locked.pem", "needs another password"),
        ("certificate.pem", "none.pem", "cannot be read: No such file"),
        ("certificate.pem", "junk.pem", "no certificate and key in PEM form"),
        ("key.pem", "", "PEM form"),
        ("none.pem", "", "cannot be read: No such file"),
    ],
)
def test_our_own_certificate_is_tried_with_its_key(
    folder: Path, own: str, key: str, text: str
) -> None:
    fault = certificate_fault(f"{folder}/{own}", key and f"{folder}/{key}")

    assert text in fault
    assert bool(text) == bool(fault)


def test_a_locked_key_is_opened_by_its_password(folder: Path) -> None:
    files = (f"{folder}/certificate.pem", f"{folder}/locked.pem")

    assert certificate_fault(*files, "word") == ""
    assert "another password" in certificate_fault(*files, "C4N4RY")


def starting(environ: dict[str, str]) -> tuple[str, ...]:
    """What a worker complains of that starts with this environment."""
    try:
        Settings.load(environ, starting=True)
    except SettingsError as error:
        return error.problems
    return ()


def test_a_worker_starts_with_what_can_work(folder: Path) -> None:
    given = {"authority": f"{folder}/certificate.pem"}
    given |= {"client_certificate": f"{folder}/certificate.pem"}

    assert starting(with_endpoint(**given)) == ()


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://hooks.example/", "its scheme is not https"),
        ("https://hooks.example:9443/", "its port is not 443 or 8443"),
        ("https://10.0.0.1/", "outside the allowed networks"),
        ("https://169.254.169.254/latest", "outside the allowed networks"),
        ("https://[::1]/", "outside the allowed networks"),
        ("https://localhost/", "not a public DNS name"),
        ("https://0x7f.1/", "neither a DNS name nor a plain IP address"),
        (f"https://hooks.example/{'a' * 2_048}", "longer than 2048"),
    ],
)
@pytest.mark.parametrize("mode", ["direct", "relay"])
def test_a_target_that_may_not_be_called_is_a_mistake_of_the_settings(
    url: str, text: str, mode: str
) -> None:
    ingram = {"WAYBILL_INGRAM__CLIENT_ID": "i", "WAYBILL_INGRAM__CLIENT_SECRET": "s"}
    given = with_endpoint(target_url=url, mode=mode) | ingram

    (problem,) = starting(given)

    assert problem.startswith("WAYBILL_INGRAM__ENDPOINTS (acme.target_url) ")
    assert text in problem
    # A command that only reads is not kept from it.
    assert problems(given) == ()


def test_what_is_wrong_elsewhere_hides_nothing() -> None:
    one = json.loads(with_endpoint()["WAYBILL_INGRAM__ENDPOINTS"])["acme"]
    endpoints = {
        "inside": one | {"target_url": "https://10.0.0.1/"},
        "odd": one | {"mode": "sideways"},
        "trust": one | {"authority": "/nowhere.pem"},
    }
    environ = DECK | {
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps(endpoints),
        "WAYBILL_REDIS_URL": "rediss://h/0?ssl_certfile=/nowhere.pem",
        "WAYBILL_LEASE": "soon",
    }

    reported = "\n".join(starting(environ))

    for place in ("(inside.target_url)", "(odd.mode)", "(trust.authority)"):
        assert place in reported
    assert "WAYBILL_LEASE must be a number" in reported
    assert "WAYBILL_REDIS_URL has with ssl_certfile" in reported


@pytest.mark.parametrize(
    "host", ["a..b", ".hooks.example", "*.hooks.example", "a" * 64]
)
def test_a_url_whose_host_cannot_be_looked_up_is_refused(host: str) -> None:
    (problem,) = problems(DECK | {"WAYBILL_DECK__BASE_URL": f"https://{host}/"})

    assert problem.startswith("WAYBILL_DECK__BASE_URL must be a URL whose host")
