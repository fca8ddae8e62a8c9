"""`waybill verify`: checks a notification's signatures and explains wrong ones."""

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

import click

from serializers.formats import instants
from serializers.signatures.verify import Finding, Known, Received, Verification
from serializers.signatures.verify import verify as verdict_of
from waybill.console import example, plain, print_json
from waybill.finite import Finite
from waybill.verify.request import headers, whole
from waybill.verify.secrets import Secrets, given, of_endpoint, read


def show(verdict: Verification, *, dated: bool) -> None:
    """Print it; `dated`: the caller has given the moment of the request's arrival."""
    click.echo(f"event {plain(verdict.event_id) or '(none)'}")
    for finding in verdict.findings:
        click.echo(_finding_line(finding))
        for reason in finding.reasons:
            click.echo(f"  {reason.code}: {plain(reason.text)}")
            if reason.code == "clock" and not dated:
                click.echo(
                    "  --at gives the moment at which it arrived, if that was not now"
                )
    click.echo("valid" if verdict.valid else "not valid")


def _members(verdict: Verification) -> dict[str, object]:
    return {
        "valid": verdict.valid,
        "event_id": verdict.event_id,
        "findings": [
            {
                "header": finding.header,
                "valid": finding.valid,
                "said": finding.text,
                "reasons": [{"code": r.code, "said": r.text} for r in finding.reasons],
            }
            for finding in verdict.findings
        ],
    }


def _finding_line(finding: Finding) -> str:
    word = {True: "valid: ", False: "not valid: ", None: ""}[finding.valid]
    return f"{finding.header} {word}{plain(finding.text)}".removesuffix(": ")


_SECONDS = re.compile(r"[0-9]{1,11}")

FILE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)


def _instant(
    ctx: click.Context, param: click.Parameter, text: str | None
) -> float | None:
    """Read UTC seconds, or an RFC 3339 date-time."""
    if text is None:
        return None
    if _SECONDS.fullmatch(text):
        return int(text)
    message = "must be UTC seconds, or like 2026-11-21T03:12:42Z"
    try:
        at_ms = instants.milliseconds(text)
    except ValueError:
        raise click.BadParameter(message, ctx, param) from None
    if at_ms is None:
        raise click.BadParameter(message, ctx, param)
    return at_ms / 1000


@click.command(
    epilog=example(
        "waybill verify --headers head.txt --body body.json --secret-file acme.secret",
        "waybill verify --request - --endpoint acme < request.http",
        "waybill verify --request old.http --secret-env ACME --at 2026-11-21T03:12:42Z",
    )
)
@click.option("--request", type=FILE, help="Head, empty line and body in one FILE.")
@click.option(
    "--headers", "head", type=FILE, help="The headers, one a line or a JSON object."
)
@click.option(
    "--header",
    "-H",
    "lines",
    metavar="LINE",
    multiple=True,
    help="One header, `name: text`; may be repeated.",
)
@click.option("--body", type=FILE, help="The body's bytes as they came.")
@click.option(
    "--secret-file",
    "files",
    type=FILE,
    multiple=True,
    help="Holds a secret that is accepted; may be repeated.",
)
@click.option(
    "--secret-env",
    "names",
    metavar="VARIABLE",
    multiple=True,
    help="The same in a variable.",
)
@click.option(
    "--endpoint", metavar="NAME", help="Take this endpoint's secrets from the settings."
)
@click.option(
    "--other-secret-file",
    "other_files",
    type=FILE,
    multiple=True,
    help="Holds one that is not accepted, but would explain a refusal.",
)
@click.option(
    "--other-secret-env",
    "other_names",
    metavar="VARIABLE",
    multiple=True,
    help="The same in a variable.",
)
@click.option(
    "--encoding",
    type=click.Choice(["base64", "hex"]),
    help="What x-hub-signature has to be in; base64, unless the endpoint's is hex.",
)
@click.option(
    "--at",
    callback=_instant,
    metavar="INSTANT",
    help="When it arrived, in UTC seconds or as RFC 3339; now, if not given.",
)
@click.option(
    "--tolerance",
    type=Finite(min=0),
    default=300,
    show_default=True,
    help="Seconds by which the two clocks may differ.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify(
    environ: Mapping[str, str],
    /,
    *,
    at: float | None,
    tolerance: float,
    as_json: bool,
    **sources: Any,
) -> None:
    """Check whether a notification is signed correctly and, if not, why.

    Nothing is sent or looked up. Give the request (--request, or --headers and
    --body) and what the receiver knows: its secrets, each in a file, in a variable,
    or those of an endpoint of the settings. FILE may be - for standard input. A
    line break at the end of a secret's file is not part of the secret. Exit code 1
    if it is not valid.
    """
    _one_stdin(sources)
    received = _received(sources)
    arrived = time.time() if at is None else at
    secrets = _secrets(environ, arrived, sources)
    known = Known(
        secrets.accepted,
        at=arrived,
        others=secrets.others,
        tolerance=tolerance,
        encoding=secrets.encoding or "base64",
    )
    verdict = verdict_of(received, known)
    if as_json:
        print_json(_members(verdict))
    else:
        show(verdict, dated=at is not None)
    if not verdict.valid:
        raise SystemExit(1)


def _one_stdin(sources: Mapping[str, Any]) -> None:
    single = [sources[name] for name in ("request", "head", "body")]
    if [*single, *sources["files"], *sources["other_files"]].count("-") > 1:
        raise click.UsageError("only one FILE can be standard input")


def _received(sources: Mapping[str, Any]) -> Received:
    request, head, body = sources["request"], sources["head"], sources["body"]
    lines = "\n".join(sources["lines"]).encode(errors="surrogateescape")
    if request and (head or body):
        raise click.UsageError("give --request, or --headers and --body")
    if request:
        found = whole(read(request))
        return replace(found, headers={**found.headers, **headers(lines)})
    if not body or not (head or lines):
        raise click.UsageError("give --request, or --headers (or -H) and --body")
    first = headers(read(head)) if head else {}
    return Received({**first, **headers(lines)}, read(body))


def _secrets(
    environ: Mapping[str, str], at: float, sources: Mapping[str, Any]
) -> Secrets:
    accepted = given(sources["files"], sources["names"], environ)
    others = given(sources["other_files"], sources["other_names"], environ)
    encoding: Literal["base64", "hex"] | None = sources["encoding"]
    if sources["endpoint"]:
        when = datetime.fromtimestamp(at, UTC)
        own = of_endpoint(sources["endpoint"], environ, when)
        accepted, others = (*accepted, *own.accepted), (*others, *own.others)
        encoding = encoding or own.encoding
    elif not accepted:
        raise click.UsageError("give --secret-file, --secret-env or --endpoint")
    return Secrets(accepted, others, encoding)
