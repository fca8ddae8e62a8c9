"""What an operator reads when the settings are not complete, or do not fit."""

from collections.abc import Callable

import click

from workers.settings.settings import Settings, SettingsError


class SettingsTrouble(click.ClickException):
    """The settings have gaps, or do not fit the ledger."""

    exit_code = 2


def loaded(load: Callable[[], Settings]) -> Settings:
    """Settings from one of `Settings`' loaders.

    Raises:
        SettingsTrouble: with every gap and mistake.
    """
    try:
        return load()
    except SettingsError as error:
        raise SettingsTrouble(str(error)) from error


def mismatch(made_with: str, partitions: int) -> str:
    """What to say of a ledger that was made with another number of partitions."""
    return (
        f"the ledger's number of partitions is {made_with}, WAYBILL_PARTITIONS says"
        f" {partitions}; set WAYBILL_PARTITIONS={made_with}"
    )
