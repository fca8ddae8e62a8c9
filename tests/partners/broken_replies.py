"""Replies of which nothing is in order but the status line."""

import gzip

from tests.http.raw_server import Act, answering

PACKED = gzip.compress(b'{"status":"received"}', mtime=0)

#: What stands behind a status line, and is no answer as HTTP has it.
RESTS = (
    b"",
    b"Content-Le",
    b"Content-Length: 9\r\n",
    b"Content-Length: 9\r\n\r\n",
    b"Content-Length: 9\r\n\r\nhalf",
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length: 2, 3\r\n\r\nok",
    b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    b"Content-Length: \xd9\xa7\r\n\r\nok",
    b"Content-Length: 99999999999999999999\r\n\r\nok",
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
    b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok",
    b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n4\r\nha",
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"t:\r\n" * 200,
    b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
    b"Content-Encoding: br\r\n\r\n\xff\xfe",
    b"no colon\r\n\r\n",
    b": no name\r\n\r\n",
    b" folded from nothing\r\n\r\n",
    b"X-Long: a\r\n\tb\r\n c\r\n\r\n",
    b"X-\xff\xfe: \x80\r\n\r\n",
    b"X\0: \0\r\n\r\n",
    b"h: v\r\n" * 300 + b"\r\n",
    b"h: " + b"v" * 70_000 + b"\r\n\r\n",
    b"h" * 200_000,
    b"\r\n" + b"x" * 200_000,
    b"\r\rnot even lines\r\n",
    b"HTTP/1.1 500 Internal Server Error\r\n\r\n",
    b"Content-Length: 2\r\n\r\nokHTTP/1.1 500 X\r\n\r\n",
)  # fmt: skip

STATUS_LINES = (
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200\r\n",
    b"HTTP/1.1 202 \r\n",
    b"HTTP/1.0 204 No Content\n",
    b"HTTP/1.1 299 \xff\xfe d\xe9j\xe0 vu\r\n",
    b"HTTP/1.1 200 " + b"x" * 9_000 + b"\r\n",
    b"HTTP/1.1  200 OK\r\n",
    b"HTTP/1.1 200\0OK\r\n",
    b"HTTP/1.1 100 X\r\n\r\nHTTP/1.1 103 X\r\nno colon\r\n\r\nHTTP/1.1 201 X\r\n",
)  # fmt: skip


def broken(status: int, rest: bytes) -> Act:
    return answering(f"HTTP/1.1 {status} X\r\n".encode() + rest)
