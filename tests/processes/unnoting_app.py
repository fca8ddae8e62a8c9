"""The product in a process where nothing can be noted beside a call.

It is what a process meets that may open no more files: whatever it has not got open
by then, it does not get. The ledger's own connections are there already.
"""

import errno
import os

from workers.celery_app.app import make_app
from workers.dispatch.call_times import CallTimes
from workers.ledger.endpoints.watch import EndpointWatch
from workers.ledger.gates import Gates


def _refused(*_: object, **__: object) -> None:
    raise OSError(errno.EMFILE, "Too many open files")


for part, name in (
    (Gates, "served"),
    (Gates, "failed"),
    (Gates, "close"),
    (EndpointWatch, "served"),
    (EndpointWatch, "failed"),
    (CallTimes, "record"),
):
    setattr(part, name, _refused)

app = make_app(os.environ)
