"""Events in the stream: publishing them, and reading their entries."""

from workers.ledger.stream.reader import Stream

BLOCK_MS = 1


def publish(stream: Stream, count: int) -> list[str]:
    return [stream.publish(b"%d" % n) for n in range(count)]


def read(stream: Stream, count: int = 100, consumer: str = "one") -> list[str]:
    return stream.read(consumer, count, BLOCK_MS)
