"""The app that `celery -A workers` loads."""

import os

from workers.celery_app.app import make_app

app = make_app(os.environ)
