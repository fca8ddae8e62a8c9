"""Numbers of an option, none of which is no number."""

import math
from typing import Any, Final

import click


class Finite(click.FloatRange):
    """A range without `nan`, which compares as if every range had it, and `inf`."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number; raises click.BadParameter."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number", param, ctx)
        return number


#: So many a second; fewer would be a pause of which nobody sees the end.
RATES: Final = Finite(min=0.001)
