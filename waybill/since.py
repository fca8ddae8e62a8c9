"""`--since`: a day, an instant, or so long before now."""

import re
import time

import click

from serializers.reconcile.erp_book import moment

_BEFORE = re.compile(r"(\d{1,6}(?:\.\d+)?)([dhm])")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60}


class Since(click.ParamType[int]):
    """UTC ms of `2026-11-01`, of an RFC 3339 instant, or of `14d`, `36h`, `90m` ago."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The moment; raises click.BadParameter."""
        if isinstance(value, int):
            return value
        text = str(value).strip()
        if match := _BEFORE.fullmatch(text):
            before = float(match[1]) * _SECONDS[match[2]]
            return int((time.time() - before) * 1000)
        ms = moment(text)
        if not ms:
            self.fail(
                f"{text} is no day, instant or duration as 14d or 36h", param, ctx
            )
        return ms
