"""The product's app on kombu as it is, without `workers.celery_app.kombu_guard`."""

import os
from typing import Any

from kombu.transport import redis as transport

from workers.celery_app.app import make_app

#: Its types do not know the method that the guard replaces.
CHANNEL: Any = transport.Channel
# Taken before the app is made, since that is what installs the guard.
KOMBUS_OWN = CHANNEL._connparams

app = make_app(os.environ)

CHANNEL._connparams = KOMBUS_OWN
