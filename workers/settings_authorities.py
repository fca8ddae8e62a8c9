"""The kind of value that names whose certificates are trusted."""

import ssl
from typing import Annotated

from pydantic import AfterValidator

from workers.settings_types import Text


def authorities(path: str) -> str:
    """Check that a file holds certificates; empty is not set.

    Raises:
        ValueError: it cannot be read, or not every block in it is one.
    """
    if not path:
        return path
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        trusted.load_verify_locations(cafile=path)
    except ssl.SSLError:
        count = 0
    except OSError as error:
        what = f"names a file that cannot be read: {error.strerror}"
        raise ValueError(what) from None
    else:
        count = trusted.cert_store_stats()["x509"]
    if not count:
        raise ValueError("names a file that is no list of certificates in PEM form")
    return path


AuthoritiesFile = Annotated[Text, AfterValidator(authorities)]
