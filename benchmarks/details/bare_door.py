"""A door that checks and promises nothing: a batch's events become XADDs, pipelined.

`python -m benchmarks.details.bare_door PORT REDIS_URL` serves it.
"""

import json
import sys
from typing import Any

import redis
import uvicorn
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

from benchmarks.feed import STREAM


def application(url: str) -> FastAPI:
    """The same framework on the same server, with nothing of Waybill."""
    app, client = FastAPI(), redis.Redis.from_url(url)

    def added(events: list[Any]) -> list[str]:
        pipeline = client.pipeline(transaction=False)
        for one in events:
            pipeline.xadd(STREAM, {"event": json.dumps(one)})
        return [entry.decode() for entry in pipeline.execute()]

    @app.post("/v1/events", status_code=202)
    async def post_events(request: Request) -> dict[str, Any]:
        events = json.loads(await request.body())
        return {"events": await run_in_threadpool(added, events)}

    return app


if __name__ == "__main__":
    port, place = sys.argv[1:]
    uvicorn.run(application(place), port=int(port), log_level="warning", lifespan="off")
