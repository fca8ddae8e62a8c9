"""What `waybill verify` found, told to a person."""

import click

from serializers.signatures.verify import Finding, Verdict
from waybill.console import plain


def tell(verdict: Verdict, *, dated: bool) -> None:
    """Print it; `dated` says that the caller told when the request arrived."""
    click.echo(f"event {plain(verdict.event_id) or '(none)'}")
    for finding in verdict.findings:
        click.echo(_line(finding))
        for reason in finding.reasons:
            click.echo(f"  {reason.code}: {plain(reason.said)}")
            if reason.code == "clock" and not dated:
                click.echo("  --at says when it arrived, if that was not now")
    click.echo("valid" if verdict.valid else "not valid")


def _line(finding: Finding) -> str:
    word = {True: "valid: ", False: "not valid: ", None: ""}[finding.valid]
    return f"{finding.header} {word}{plain(finding.said)}".removesuffix(": ")
