"""The product's app with a defect in Release: no turn of it ever comes to its end."""

import os

from workers.celery_app.app import make_app
from workers.steps.release import Release


def _fails(_: Release) -> float:
    raise ZeroDivisionError


setattr(Release, "turn", _fails)  # noqa: B010 - a method, of which mypy knows better

app = make_app(os.environ)
