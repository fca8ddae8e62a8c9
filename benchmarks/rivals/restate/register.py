"""Makes the service known to the server, whose admin API is asked until it answers."""

import json
import os
import time
import urllib.error
import urllib.request

#: Seconds until server and service must both be there.
PATIENCE = 60.0


def main() -> None:
    """Register the service's port.

    Raises:
        SystemExit: the server refused it, or is not there in time.
    """
    uri = f"http://127.0.0.1:{os.environ['RIVAL_SERVICE_PORT']}"
    body = json.dumps({"uri": uri, "force": True}).encode()
    url = f"{os.environ['RIVAL_ADMIN_URL']}/deployments"
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, body, headers)
    ends = time.monotonic() + PATIENCE
    why = ""
    while time.monotonic() < ends:
        try:
            urllib.request.urlopen(request, timeout=10.0).close()
        except urllib.error.HTTPError as error:
            why = error.read().decode(errors="replace")
        except OSError as error:
            why = str(error)
        else:
            return
        time.sleep(0.2)
    raise SystemExit(f"Restate does not take the service: {why}")


if __name__ == "__main__":
    main()
