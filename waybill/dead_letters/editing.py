"""`waybill dead-letters edit`: sends a corrected revision, and keeps the letter."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from serializers.errors import DecodeError
from waybill.acting import Whose, act_options, actor_of
from waybill.connect import Opened, opened
from waybill.console import NAMED, example, plain, print_json
from waybill.dead_letters import view
from waybill.dead_letters.decided import fate
from waybill.dead_letters.revision import (
    Draft,
    difference,
    drafted,
    new_ref,
    shown,
    typed,
)
from waybill.dead_letters.selection import PREFIXES, matches
from waybill.publish.command import check
from workers.ledger import keys
from workers.ledger.acts.revisions import Revision, Revisions, correct
from workers.ledger.audit.actor import Actor
from workers.ledger.dead_letters import WholeLetter
from workers.ledger.identity.names_in_use import NamesInUse

#: What is printed of each result.
ANSWERS: Mapping[str, str] = {
    "revised": "sent in its place; the letter stays until it is discarded",
    "known": "sent already",
}


@click.command(
    epilog=example(
        "waybill dead-letters edit event:1760-0",
        'waybill dead-letters edit 7H2K.acme --file mended.json --yes --reason "typo"',
    )
)
@click.argument("id_", metavar="ID", type=NAMED)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the corrected text from here; not given: from $EDITOR.",
)
@click.option("--yes", is_flag=True, help="Do not ask whether.")
@act_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def edit(
    environ: Mapping[str, str],
    /,
    id_: str,
    *,
    file: Path | None,
    yes: bool,
    whose: Whose,
    as_json: bool,
) -> None:
    """Correct a dead letter, and send that under an id of its own.

    An event is checked as `waybill publish` does and goes into the stream; a
    notification or link goes to its lane's tail. What differs is shown first. The
    letter stays, and states by what it was corrected, until it is discarded. The same
    text is sent once. Exit code 1 where nothing was sent.
    """
    with opened(environ, to_change=True) as ledger:
        letter = one(ledger, id_)
        try:
            before = typed(shown(letter))
            text = file.read_text("utf-8") if file else _edited(before)
            draft = drafted(letter, text)
        except (DecodeError, UnicodeDecodeError, OSError) as error:
            raise click.ClickException(plain(str(error))) from error
        if found := problems(ledger, letter, draft):
            listed = "\n".join(f"  {plain(one)}" for one in found)
            raise click.ClickException(f"nothing was sent:\n{listed}")
        # The answer alone is for a program; who is asked reads what is asked about.
        for line in difference(before, draft.text):
            click.echo(plain(line), err=as_json)
        if not yes:
            click.confirm("Send this?", abort=True, err=as_json)
        result = send(ledger, letter, draft, actor_of(ledger.settings, whose))
    ref = new_ref(letter, draft)
    if as_json:
        print_json({"id": letter.id, "result": result, "revision": ref})
    else:
        what = ANSWERS.get(result) or view.ANSWERS.get(result, result)
        click.echo(f"{plain(ref)}  {what}")
    if result not in ANSWERS:
        raise SystemExit(1)


def one(ledger: Opened, given: str) -> WholeLetter:
    """The letter that is meant.

    Raises:
        click.ClickException: there is none, or there are several.
    """
    letters = ledger.parts.dead_letters
    found = matches(letters, given)
    letter = letters.find(found[0]) if len(found) == 1 else None
    if letter is not None:
        return letter
    answer, ids = view.ANSWERS["gone"], [given, *(one + given for one in PREFIXES)]
    if found[1:]:
        answer = view.ANSWERS["ambiguous"]
    elif known := fate(ledger.client, ledger.settings.partitions, ids):
        answer = f"{answer}: {plain(known)}"
    raise click.ClickException(f"{plain(given)}: {answer}")


def _edited(before: str) -> str:
    """Raises click.ClickException where nothing was changed, or nobody can."""
    if not sys.stdin.isatty():
        raise click.ClickException("there is no terminal for an editor: give --file")
    after = click.edit(before, extension=".json")
    if after is None or after.strip() == before.strip():
        raise click.ClickException("nothing was changed; nothing was sent")
    return after


def problems(ledger: Opened, letter: WholeLetter, draft: Draft) -> Sequence[str]:
    """What speaks against a corrected event, as `waybill publish` finds it.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    if letter.kind != "event":
        return ()
    strict, names = ledger.settings.strict_events, NamesInUse(ledger.client)
    return check(draft.body, strict=strict, names=names).problems


def send(ledger: Opened, letter: WholeLetter, draft: Draft, by: Actor) -> str:
    """Send it in the letter's place; a word of `ANSWERS`, or of `view.ANSWERS`.

    Raises:
        redis.RedisError: Redis does not answer; sent again it is sent once.
    """
    parts = ledger.parts
    if letter.kind != "event":
        revisions = Revisions(parts.scripts, parts.retention, parts.places)
        return revisions.revise(letter.id, letter.order or "", draft.id, draft.body, by)
    revision = Revision(letter.id, draft.id, draft.body)
    root = _root_of(ledger, letter.id)
    own = parts.stream.of(letter.id.removeprefix(keys.EVENT_PREFIX))
    answer = correct(parts.scripts, own.name, root, revision, by)
    return answer if answer in {"gone", "known"} else "revised"


def _root_of(ledger: Opened, event: str) -> str:
    """The partition in which an event is a dead letter, by its first one else."""
    roots = [keys.prefix(n) for n in range(ledger.settings.partitions)]
    found = (
        root
        for root in roots
        if ledger.client.zscore(keys.dead(root), event) is not None
    )
    return next(found, roots[0])
