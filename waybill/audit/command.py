"""`waybill audit`: who did what on the ledger, and whether that was changed since."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from serializers.audit.chain import Head, Verified, verify
from serializers.audit.entry import AuditEntry, decode
from serializers.errors import DecodeError
from waybill.acting import audit_keys
from waybill.audit import view
from waybill.connect import Opened, opened
from waybill.console import TEXT, example, plain, print_json
from workers.ledger.audit.keys import Chain, named
from workers.ledger.audit.reader import AuditReader

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
#: Entries that are shown unless more are asked for.
SHOWN = 50


@click.group(epilog=example("waybill audit list"))
def audit() -> None:
    """List, verify or export what people did on the ledger.

    Every act has its entry, which is written with it; see docs/acts.md.
    """


@audit.command(name="list", epilog=example("waybill audit list --who jane"))
@click.option("--who", default="", type=TEXT, help="Only what this one did.")
@click.option("--what", default="", type=TEXT, help="Only acts whose name holds this.")
@click.option("--target", default="", type=TEXT, help="Only this, or of this order.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="The newest so many; 50 without, with --json all.",
)
@AS_JSON
@click.pass_obj
def list_(
    environ: Mapping[str, str],
    /,
    *,
    who: str,
    what: str,
    target: str,
    limit: int | None,
    as_json: bool,
) -> None:
    """List acts, the newest last.

    What one request did to many letters is one entry for a person, with how many.
    """
    filtered = bool(who or what or target)
    with opened(environ) as ledger:
        last = limit or (None if as_json or filtered else SHOWN)
        entries = list(_entries(ledger, None if filtered else last))
        found = [
            (partition, entry)
            for partition, entry in entries
            if who in {"", entry.stated("who")}
            and what in entry.stated("what")
            and view.concerns(entry, target)
        ]
    found = sorted(found, key=lambda one: one[1].at_ms)
    if limit:
        found = found[-limit:]
    if as_json:
        print_json([view.document(*one) for one in found])
        return
    for line in view.texts(entry for _, entry in found[-(limit or SHOWN) :]):
        click.echo(plain(line))
    if not found:
        click.echo(view.NOBODY if target else "Nobody has done anything like that.")
        if named := what and sorted({entry.stated("what") for _, entry in entries}):
            click.echo(plain(f"What was done is called: {', '.join(named)}."))


@audit.command(
    name="verify",
    epilog=example(
        "waybill audit verify", "waybill audit verify --head /safe/heads.ndjson"
    ),
)
@click.option(
    "--head",
    "heads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Heads that were kept: by export, or export --heads.",
)
@AS_JSON
@click.pass_obj
def verify_(
    environ: Mapping[str, str], /, *, heads: Path | None, as_json: bool
) -> None:
    """Verify that no entry was changed, taken out, moved or put in.

    That the end was cut off shows only against a head that was kept elsewhere. With
    WAYBILL_AUDIT_KEY signatures are verified too. Exit code 1 where something is wrong.
    """
    kept = _kept(heads)
    with opened(environ) as ledger:
        reader, signing = _reader(ledger), audit_keys(ledger.settings)
        found = {}
        # One that is not known any more is looked for, too.
        beside = (where for where, _ in kept if isinstance(where, str))
        for chain in dict.fromkeys([*reader.chains(), *beside]):
            raws, head = reader.whole(chain)
            mine = [one for where, one in kept if where == chain]
            found[chain] = verify(raws, head, signing, mine), head
    if as_json:
        print_json([_document(where, *one) for where, one in found.items()])
    else:
        for where, (one, head) in found.items():
            _print(where, one, head, verified=bool(signing))
    if any(one.faults for one, _ in found.values()):
        raise SystemExit(1)


@audit.command(
    epilog=example(
        "waybill audit export > audit.ndjson", "waybill audit export --heads"
    )
)
@click.option("--heads", is_flag=True, help="Only how far each chain has come.")
@click.pass_obj
def export(environ: Mapping[str, str], /, *, heads: bool) -> None:
    """Print every entry as NDJSON, or the heads, to be kept elsewhere."""
    with opened(environ) as ledger:
        if heads:
            reader = _reader(ledger)
            for chain in reader.chains():
                click.echo(view.head_line(chain, reader.head(chain)))
            return
        for chain, entry in _entries(ledger, None):
            click.echo(json.dumps(view.document(chain, entry)))


def _reader(ledger: Opened) -> AuditReader:
    return AuditReader(ledger.client, ledger.settings.partitions)


def _entries(ledger: Opened, last: int | None) -> Iterator[tuple[Chain, AuditEntry]]:
    """Entries that can be read; what cannot is for verify to name."""
    reader = _reader(ledger)
    for chain in reader.chains():
        for raw in reader.entries(chain, last):
            try:
                yield chain, decode(raw)
            except DecodeError as error:
                click.echo(f"warning: {error}; see waybill audit verify", err=True)


def _kept(file: Path | None) -> list[tuple[Chain, Head]]:
    """Raises click.ClickException where the file names no heads."""
    if file is None:
        return []
    try:
        return view.read_heads(file.read_text("utf-8", "replace").splitlines())
    except (OSError, DecodeError) as error:
        raise click.ClickException(f"{plain(file.name)}: {error}") from error


def _document(chain: Chain, one: Verified, head: Head) -> dict[str, object]:
    return {
        "partition": chain,
        "entries": one.entries,
        "signed": one.signed,
        "unsigned": one.unsigned,
        "link": head.link,
        "faults": list(one.faults),
    }


def _print(chain: Chain, one: Verified, head: Head, *, verified: bool) -> None:
    signed = f"{one.signed:,} signed" if verified else "signatures not verified"
    click.echo(f"{plain(named(chain))}: {one.entries:,} entries, {signed}")
    click.echo(f"  head {head.n} {plain(head.link)}")
    if verified and one.unsigned:
        click.echo(f"  {one.unsigned:,} of a time without a key are not signed")
    for fault in one.faults:
        click.echo(plain(f"not well: {fault}"))
