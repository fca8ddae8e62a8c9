"""Ask a port of this container whether it is well: `healthcheck.py PORT PATH`."""  # noqa: INP001 (a script in the image, of no package)

import http.client
import sys

#: Seconds; below the timeout of whoever runs the check.
PATIENCE = 3.0


def status_of(port: int, path: str) -> int:
    """Return the HTTP status that the path answers with.

    Raises:
        OSError: nobody answers there in time.
        http.client.HTTPException: the answer is no HTTP.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def main(port: str, path: str) -> int:
    """Return the exit code that Docker understands: 0 well, 1 not."""
    try:
        status = status_of(int(port), path)
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"{path} on port {port}: {type(error).__name__}\n")
        return 1
    sys.stdout.write(f"{path} on port {port}: {status}\n")
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
