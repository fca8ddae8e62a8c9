"""Read-only view of the stream; tolerates a missing group."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from redis.exceptions import ResponseError

from serializers.events import entry
from serializers.events.entry_fields import Content, position
from workers.ledger.audit.actor import Actor
from workers.ledger.scripts import Call, Scripts
from workers.ledger.stream.account import Losses
from workers.ledger.stream.entries import contents, is_absent
from workers.ledger.stream.reader import Stream
from workers.redis.answers import number, text

#: Entries that are read at once; each may have 256 KiB.
PAGE: Final = 50


class StreamView(Stream):
    """Without a group nothing is pending, and everything waits to be read."""

    @property
    def every(self) -> tuple["StreamView", ...]:
        """All streams of the ledger, where this is the only one."""
        return (self,)

    def pending_count(self) -> int:
        return number(self._summary().get("pending"))

    def unread_count(self) -> int:
        """Events that no worker has read yet."""
        return number(
            Scripts(self._client).run(Call("unread", self._name, (self._group,)))
        )

    def oldest_ms(self) -> int | None:
        """UTC ms at which the oldest event that is not admitted yet came in."""
        oldest = self._oldest()
        return None if oldest is None else position(oldest)[0]

    def oldest_unread_ms(self) -> int | None:
        """UTC ms at which the oldest event came in that no worker has read yet."""
        unread = self._first_unread()
        return None if unread is None else position(unread)[0]

    def losses(self) -> Losses:
        """All that was lost of it; nothing is looked for."""
        return self.account.losses()

    def accept(self, by: Actor | None = None) -> int:
        """Settle what is lost so far; answers how many events that newly is."""
        return self.account.accept(by)

    def waiting(self) -> Iterator[Content]:
        """The entries from the oldest on that is not admitted yet.

        Those behind it that are admitted and still in the stream are among them.
        """
        oldest = self._oldest()
        for page in self._from(oldest) if oldest else ():
            yield from page.values()

    def since(self, ms: int) -> Iterator[dict[str, Content]]:
        """Entries from a moment on, some at a time; the sizes of those too large."""
        return self._from(str(max(0, ms)))

    def _from(self, at: str) -> Iterator[dict[str, Content]]:
        while True:
            call = Call("entries_from", self._name, (at, PAGE, entry.MAX_BYTES))
            page = Scripts(self._client).run(call)
            if not page:
                return
            ids = [text(id_) for id_, _ in page]
            yield contents(ids, page)
            at = f"({ids[-1]}"

    def unsettled(self, ids: Sequence[str]) -> set[str]:
        """Which of these entries, in their order, are not read or not acknowledged."""
        last = position(self._last_read() or "0-0")
        found = {id_ for id_ in ids if position(id_) > last}
        try:
            between: Any = self._client.xpending_range(
                self._name, self._group, ids[0], ids[-1], len(ids)
            )
        except ResponseError as error:
            _check_absent(error)
            return found
        return found | {text(one["message_id"]) for one in between}

    def _oldest(self) -> str | None:
        summary = self._summary()
        unread = self._first_unread()
        waiting = [text(id_) for id_ in (summary.get("min"), unread) if id_]
        return min(waiting, key=position, default=None)

    def _summary(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._client.xpending(self._name, self._group)
        except ResponseError as error:
            _check_absent(error)
            return {}
        return found

    def _first_unread(self) -> str | None:
        after = self._last_read()
        low = f"({after}" if after else "-"
        found = Scripts(self._client).run(Call("next_entry", self._name, (low,)))
        return text(found) if found else None

    def _last_read(self) -> str:
        try:
            groups: Any = self._client.xinfo_groups(self._name)
        except ResponseError as error:
            _check_absent(error)
            return ""
        for group in groups:
            if text(group["name"]) == self._group:
                return text(group["last-delivered-id"])
        return ""


def _check_absent(error: ResponseError) -> None:
    """Let other errors through: only what is not there yet counts as empty."""
    if not is_absent(error):
        raise error
