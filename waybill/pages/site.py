"""The console as an application of its own, which the door has at /console."""

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from waybill.connect import Opened
from waybill.pages import sign_in, static_files
from waybill.pages.access.doorkeeper import Doorkeeper
from waybill.pages.access.rights import Right
from waybill.pages.acting import destinations as destination
from waybill.pages.acting import letters
from waybill.pages.acting.corrections import correct
from waybill.pages.acting.orders import poll
from waybill.pages.failures import handlers
from waybill.pages.reading.audit import audit, export, verified
from waybill.pages.reading.dead_letters import dead_letter, dead_letters, events
from waybill.pages.reading.destinations import destinations
from waybill.pages.reading.now import now
from waybill.pages.reading.order import order
from waybill.pages.reading.order_list import orders
from waybill.pages.reading.reconcile import reconcile
from waybill.pages.rendering import Renderer
from waybill.pages.routes import PageRoute
from waybill.pages.safety import Safety
from waybill.pages.visit import Page, Site, guarded
from workers.ledger.console.sessions import Sessions
from workers.ledger.layout.layout import Layout
from workers.redis.clients import hasty_client
from workers.settings.settings import Settings
from workers.wiring.ledger import ledger_parts

#: The pages that only read.
READING: tuple[tuple[str, Page], ...] = (
    ("/", now),
    ("/destinations", destinations),
    ("/dead-letters", dead_letters),
    ("/dead-letter", dead_letter),
    ("/orders", orders),
    ("/order", order),
    ("/events", events),
    ("/reconcile", reconcile),
    ("/audit", audit),
    ("/audit/verify", verified),
    ("/audit/export", export),
)


#: The pages that act, each with the right that it needs.
ACTING: tuple[tuple[str, Right, Page], ...] = (
    ("/dead-letters/replay", "replay", letters.replay),
    ("/dead-letters/discard", "discard", letters.discard),
    ("/dead-letter/correct", "correct", correct),
    ("/destination/pause", "pause", destination.pause),
    ("/destination/resume", "pause", destination.resume),
    ("/destination/gate", "gate", destination.gate),
    ("/order/poll", "poll", poll),
)


def console(settings: Settings, layout: Layout) -> ASGIApp:
    """The console of these settings; nothing connects yet.

    Args:
        settings: with the door's users. The partners' are not needed.
        layout: of the ledger.
    """
    door = settings.http
    client = hasty_client(settings.redis_url, "console")
    renderer = Renderer({"flower": door.flower_url, "deployment": settings.deployment})
    site = Site(
        settings,
        Opened(settings, ledger_parts(settings, client, layout=layout), layout),
        renderer,
        Doorkeeper(door, Sessions(client, door.session_idle, door.session_most)),
    )
    app = Starlette(
        routes=[
            Route("/static/{name}", static_files.file),
            *sign_in.routes(site),
            *_pages(site),
        ],
        exception_handlers=handlers(settings, renderer),
    )
    # Around all of it: the page for a failure is made outside of an app's own.
    return Safety(GZipMiddleware(app, minimum_size=600))


def _pages(site: Site) -> list[BaseRoute]:
    reading = [
        PageRoute(path, guarded(site, "look", page), methods=["GET"])
        for path, page in READING
    ]
    acting = [
        PageRoute(path, guarded(site, right, page), methods=["GET", "POST"])
        for path, right, page in ACTING
    ]
    return [*reading, *acting]
