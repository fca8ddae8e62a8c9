"""Microsoft's token endpoint for applications (Azure AD v1).

The shapes of its errors are those of a captured answer; the numbers are
Microsoft's own and nothing that a client should depend on.
"""

import time
from datetime import UTC, datetime
from urllib.parse import parse_qs
from uuid import uuid4

from sandbox.http.fault import Fault
from sandbox.http.message import Answer, Request, json_answer
from sandbox.partners.tokens import Tokens
from sandbox.settings import SandboxSettings

_PARAMETERS = ("grant_type", "client_id", "client_secret")


class Microsoft:
    """Gives tokens for Westcon."""

    def __init__(self, settings: SandboxSettings, tokens: Tokens) -> None:
        self._settings = settings
        self._tokens = tokens

    def token(self, request: Request, fault: Fault | None) -> Answer:  # noqa: ARG002 - a token has no effect to withhold
        """Answer `POST /microsoft/{tenant}/oauth2/token`."""
        form = _form(request)
        refusal = self._refusal(request, form)
        return refusal if refusal is not None else self._granted(form)

    def _refusal(self, request: Request, form: dict[str, str]) -> Answer | None:
        if request.method != "POST":
            return _error(400, "invalid_request", 900561, "Only POST is accepted.")
        wanted = (
            (*_PARAMETERS, "resource")
            if self._settings.westcon_resource
            else _PARAMETERS
        )
        for name in wanted:
            if not form.get(name):
                return _missing(name)
        if form["grant_type"] != "client_credentials":
            text = "The app requested an unsupported grant type."
            return _error(400, "unsupported_grant_type", 70003, text)
        return self._stranger(form)

    def _stranger(self, form: dict[str, str]) -> Answer | None:
        if form["client_id"] != self._settings.westcon_client_id:
            text = "Application with this identifier was not found in the directory."
            return _error(400, "unauthorized_client", 700016, text)
        if form["client_secret"] != self._settings.westcon_client_secret:
            text = "Invalid client secret provided."
            return _error(401, "invalid_client", 7000215, text)
        if form.get("resource", "") != self._settings.westcon_resource:
            text = "The resource principal was not found in the tenant."
            return _error(400, "invalid_resource", 500011, text)
        return None

    def _granted(self, form: dict[str, str]) -> Answer:
        life = int(self._tokens.lifetime)
        now = int(time.time())
        times = {"expires_in": life, "ext_expires_in": life}
        if form.get("resource"):
            times |= {"expires_on": now + life, "not_before": now}
        as_text = self._settings.numbers_as_text
        document: dict[str, object] = {"token_type": "Bearer"}
        document |= {name: str(at) if as_text else at for name, at in times.items()}
        document["access_token"] = self._tokens.issue()
        return json_answer(200, document)


def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    pairs = parse_qs(request.body.decode("utf-8", "replace"))
    return {name: values[0] for name, values in pairs.items()}


def _missing(name: str) -> Answer:
    if name == "client_secret":
        text = (
            "The request body must contain the following parameter: "
            "'client_assertion' or 'client_secret'."
        )
        return _error(401, "invalid_client", 7000218, text)
    text = f"The request body must contain the following parameter: '{name}'."
    return _error(400, "invalid_request", 900144, text)


def _error(status: int, error: str, code: int, text: str) -> Answer:
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    trace, correlation = str(uuid4()), str(uuid4())
    description = (
        f"AADSTS{code}: {text}\r\nTrace ID: {trace}\r\n"
        f"Correlation ID: {correlation}\r\nTimestamp: {at}"
    )
    document = {
        "error": error,
        "error_description": description,
        "error_codes": [code],
        "timestamp": at,
        "trace_id": trace,
        "correlation_id": correlation,
    }
    return json_answer(status, document, facts={"error": error})
