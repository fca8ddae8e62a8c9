"""The product's app with one partner more: `celery -A tests.toy.celery`."""

import os

import tests.toy.line  # noqa: F401 (the line is put in)
from workers.celery_app.app import make_app

app = make_app(os.environ)
