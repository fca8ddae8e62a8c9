"""Certificate and key files, loaded once before the first call needs them."""

import ssl

#: What stands in a file's place in OpenSSL's words, by its reason.
_REASONS = {
    "KEY_VALUES_MISMATCH": "the key is not that of the certificate",
    "NO_START_LINE": "it holds no certificate in PEM form",
    "NO_CERTIFICATE_OR_CRL_FOUND": "it holds no certificate in PEM form",
}


def authority_fault(path: str) -> str:
    """State why a file of trusted authorities is of no use, "" if it is of use."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ValueError) as error:
        return _fault(error, "")
    # A list of revocations alone is read as well, and trusts nobody.
    trusts = context.cert_store_stats()["x509"] > 0
    return "" if trusts else _REASONS["NO_CERTIFICATE_OR_CRL_FOUND"]


def certificate_fault(certificate: str, key: str, password: str = "") -> str:
    """State why our own certificate is of no use, "" if it is of use.

    Args:
        certificate: file with the certificate, and the key where `key` is "".
        key: file with the key, or "".
        password: of the key, "" for none; nobody is asked for one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asked = []

    def answer() -> str:
        asked.append(True)
        return password

    try:
        context.load_cert_chain(certificate, key or None, answer)
    except (OSError, ValueError) as error:
        return _fault(error, "the key needs another password" if asked else "")
    return ""


def _fault(error: Exception, known: str) -> str:
    match error:
        case ssl.SSLError():
            reason = (error.reason or "").upper()
            text = known or _REASONS.get(reason, "")
            return text or "it is no certificate and key in PEM form"
        case OSError():
            return f"it cannot be read: {error.strerror or type(error).__name__}"
    return "its name is not a file's"
