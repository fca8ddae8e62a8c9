"""Request to a token endpoint, and its answer."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, Literal
from urllib.parse import urlencode

from serializers.drift.shape import Kind
from serializers.errors import DecodeError
from serializers.oauth import Token, TokenError, decode_token, decode_token_error
from serializers.oauth_contract import ERRORS, token_contract
from tasks.outcomes.errors import PartnerError, PermanentError, Unavailable
from workers.fields.instance import Instance
from workers.http import status
from workers.http.client import HttpClient, Reply
from workers.http.excerpt import masked, page, quoted
from workers.partners.observer import NOBODY, Observer, Sight

#: A token is not trusted for longer, whatever its endpoint promises: Ingram's portal
#: speaks of 24 hours in one place and of 30 days in another.
LONGEST: Final = 86_400.0
#: The life of a token whose endpoint gives none.
NO_REASON: Final = 300.0


@dataclass(frozen=True, slots=True)
class Credential:
    """Who asks, and where.

    Attributes:
        instance: whose; names settings in messages.
        url: the token endpoint.
        client_id: sent.
        client_secret: sent; in the URL if the method is GET.
        resource: sent when not empty (Microsoft's v1 endpoint).
        method: GET is by Ingram's specification, POST by its portal.
        deadline: seconds.
    """

    instance: Instance
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    resource: str
    method: Literal["GET", "POST"]
    deadline: float

    @property
    def of_whom(self) -> str:
        return f"{self.title}'s token endpoint"

    @property
    def title(self) -> str:
        """Whose it is, as people say."""
        return self.instance.called(self.instance.partner.title())


def ask(http: HttpClient, credential: Credential, observer: Observer = NOBODY) -> Token:
    """Ask for a token.

    Args:
        http: sends the request.
        credential: who asks, and where.
        observer: looks at the answer.

    Raises:
        Unavailable: no answer, a momentary status, or a 200 that is no token.
        Throttled: 429.
        PermanentError: refused; the message names the settings to look at.
        NotYet: a certificate file of ours cannot be read.
    """
    secrets, instance = (credential.client_secret,), credential.instance
    sight = observer.sight(
        token_contract(instance.partner),
        instance.destination,
        lambda text: masked(text, secrets),
    )
    reply = sight.sent(lambda: _send(http, credential))
    if reply.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
        error = decode_token_error(reply.body, sight.hide)
        _note(error, sight)
        raise _refusal(credential, error)
    words = quoted(reply.body, secrets)
    status.check(reply, credential.of_whom, now=datetime.now(UTC), quoted=words)
    try:
        return sight.read(reply, lambda body, _, seen: decode_token(body, seen))
    except DecodeError as unread:
        what = f"{credential.of_whom} answered 200, but: {unread}"
        what += page(reply.body, secrets)
        raise Unavailable(what, code="decode") from unread


def _note(error: TokenError, sight: Sight) -> None:
    """Note a code that neither OAuth nor Microsoft has; Apigee's have a point."""
    code = error.error
    if code and "." not in code and code not in ERRORS:
        sight.value(Kind.CODE, "", "error", code)


def life(token: Token, now: float) -> float:
    """Return for how many seconds a token may be used.

    Args:
        token: the endpoint's answer; its times may be missing or nonsense.
        now: UTC seconds.
    """
    if token.expires_in:
        return min(token.expires_in, LONGEST)
    if token.expires_on is not None and token.expires_on > now:
        return min(token.expires_on - now, LONGEST)
    return NO_REASON


def _send(http: HttpClient, credential: Credential) -> Reply:
    fields = {
        "grant_type": "client_credentials",
        "client_id": credential.client_id,
        "client_secret": credential.client_secret,
    }
    if credential.resource:
        fields["resource"] = credential.resource
    form, url, body = urlencode(fields), credential.url, None
    headers = {"Accept": "application/json"}
    if credential.method == "GET":
        url = f"{url}{'&' if '?' in url else '?'}{form}"
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = form.encode("ascii")
    return http.send(
        credential.method,
        url,
        headers=headers,
        body=body,
        deadline=credential.deadline,
        of_whom=credential.of_whom,
    )


def _refusal(credential: Credential, error: TokenError) -> PartnerError:
    named = credential.instance.setting
    settings = f"{named('client_id')} and {named('client_secret')}"
    if "resource" in error.error or "scope" in error.error:
        settings = named("resource")
    codes = ", ".join(map(str, error.codes))
    what = f"{error.error or 'an error'}{codes and f' ({codes})'}"
    message = f"{credential.of_whom} refused with {what}: {error.message};"
    return PermanentError(f"{message} look at {settings}", code="token_refused")
