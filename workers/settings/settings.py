"""Settings of the operator: read once from a mapping, checked whole, then frozen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self, TypeVar

from pydantic import Field, ValidationError, create_model

from workers.fields.names import CONFIG, Variable, variables
from workers.fields.partner import Partner
from workers.partners import registry
from workers.redis.address import with_sentinels_login
from workers.settings import sources, start_checks
from workers.settings.own import OwnSettings
from workers.settings.problems import Problem, SettingsError, gaps, mistakes

__all__ = ["Settings", "SettingsError"]

P = TypeVar("P", bound=Partner)


class ReadSettings(OwnSettings):
    """All settings, as their sources hold them; durations are seconds."""

    @property
    def sections(self) -> Mapping[str, Partner]:
        """Each partner's own settings, by its name, in the registry's order."""
        return {spec.name: getattr(self, spec.name) for spec in registry.PARTNERS}

    def of(self, model: type[P]) -> P:
        """A partner's own settings.

        Raises:
            KeyError: no partner of the registry has settings of this model.
        """
        for section in self.sections.values():
            if isinstance(section, model):
                return section
        raise KeyError(model.__name__)

    @classmethod
    def load(cls, environ: Mapping[str, str], *, starting: bool = False) -> Self:
        """Read and check all settings; nothing is connected to.

        Args:
            environ: what stands for the environment. The files that its
                WAYBILL_CONFIG and WAYBILL_SECRETS_DIR name are read too.
            starting: whether work begins with them; then what every call would be
                refused for is a mistake as well, with the files that calls need.

        Raises:
            SettingsError: with every gap and mistake at once.
        """
        known = {variable.name: variable for variable in variables(cls)}
        found = sources.read(environ, known)
        found.problems.extend(gaps(found.tree))
        settings = cls._checked(found, known)
        if starting:
            found.problems.extend(start_checks.faults(found.tree))
        if settings is None or found.problems:
            raise SettingsError(_sentences(found.problems))
        return settings

    @classmethod
    def load_redis(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings without the partners', for who only needs Redis.

        Args:
            environ: see `load`.

        Raises:
            SettingsError: with every mistake in what is not a partner's setting.
        """
        known = {variable.name: variable for variable in variables(cls)}
        found = sources.read(environ, known)
        partners = {spec.name for spec in registry.PARTNERS}
        theirs = {v.name for v in known.values() if v.path[0] in partners}
        own = sources.Found(
            {key: value for key, value in found.tree.items() if key not in partners},
            [problem for problem in found.problems if problem[0] not in theirs],
        )
        settings = cls._checked(own, known)
        if settings is None or own.problems:
            raise SettingsError(_sentences(own.problems))
        return settings

    @classmethod
    def _checked(
        cls, found: sources.Found, known: Mapping[str, Variable]
    ) -> Self | None:
        reported = {name for name, _ in found.problems}
        try:
            return cls.model_validate(found.tree)
        except ValidationError as error:
            # Raising from here would chain pydantic's error, which holds values.
            for name, complaint in mistakes(error, known.values()):
                # What could not be read is not wrong a second time.
                if name not in reported or name == CONFIG:
                    found.complain(name, complaint)
            return None


if TYPE_CHECKING:
    Settings = ReadSettings
else:
    #: All settings: a section for each partner of the registry, which `of` finds.
    Settings = create_model(
        "Settings",
        __base__=ReadSettings,
        __module__=__name__,
        **{
            spec.name: (spec.settings, Field(default_factory=spec.settings))
            for spec in registry.PARTNERS
        },
    )


def _sentences(problems: list[Problem]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{name} {complaint}" for name, complaint in problems))


def broker_of(environ: Mapping[str, str]) -> str:
    """Where hints travel, for who needs nothing else, such as Flower; unchecked."""
    known = {variable.name: variable for variable in variables(Settings)}
    tree = sources.read(environ, known).tree
    default = Settings.model_fields["redis_url"].default
    url = str(tree.get("broker_url") or tree.get("redis_url") or default)
    user, password = (tree.get(f"sentinel_{name}", "") for name in ("user", "password"))
    return with_sentinels_login(url, str(user), str(password))
