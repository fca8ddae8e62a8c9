"""Calls of Acme, through the client for HTTP."""

from typing import Any

import pytest

from tasks.outcomes.errors import Unavailable
from tests.http.raw_server import SECONDS
from workers.http.client import HttpClient, Reply


def post(http: HttpClient, url: str, **differently: Any) -> Reply:
    usual: dict[str, Any] = {
        "headers": {"Content-Type": "application/json"},
        "body": b"{}",
        "deadline": SECONDS,
        "of_whom": "Acme",
    }
    return http.send("POST", url, **usual | differently)


def code_of(http: HttpClient, url: str, **differently: Any) -> str:
    with pytest.raises(Unavailable) as caught:
        post(http, url, **differently)
    assert str(caught.value).startswith("Acme ")
    return caught.value.code
