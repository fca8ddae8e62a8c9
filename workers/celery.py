"""The app that `celery -A workers` loads."""

import os

from workers.app import make_app

app = make_app(os.environ)
