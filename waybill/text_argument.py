"""Arguments that are texts: Redis, partners and JSON know them as UTF-8."""

import click


class Utf8(click.ParamType[str]):
    """A text; bytes that are not UTF-8 come from the shell as lone surrogates."""

    name = "text"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The text as it is; raises click.BadParameter."""
        try:
            value.encode()
        except UnicodeEncodeError:
            self.fail("is not UTF-8", param, ctx)
        return value


TEXT = Utf8()
