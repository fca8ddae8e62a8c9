"""The product's app on kombu as it is, without guard and with messages noted in Redis.

Without these notes nothing meets the fault that the guard is for.
"""

import os
from typing import Any

from kombu.transport import redis as transport

from workers.celery_app.app import make_app

#: Its types do not know the method that the guard replaces.
CHANNEL: Any = transport.Channel
# Taken before the app is made, since that is what installs the guard.
KOMBUS_OWN = CHANNEL._connparams, CHANNEL.do_restore

app = make_app(os.environ)

CHANNEL._connparams, CHANNEL.do_restore = KOMBUS_OWN
app.conf.broker_transport_options["ack_emulation"] = True
