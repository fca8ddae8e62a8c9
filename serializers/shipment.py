"""Shipment of an order's line, as the ERP or Westcon reports it."""

from typing import NamedTuple


class Shipment(NamedTuple):
    """What is known of one shipment; "" and () for what is not known.

    Attributes:
        date: YYYY-MM-DD.
        quantity: of the line in it, a plain decimal.
        carrier: its name.
        carrier_code: as Ingram's `carrierCode` has it.
        warehouse: where it was shipped from.
        tracking_numbers: one for each parcel.
        serial_numbers: of the pieces in it.
        mac_addresses: of the pieces in it; kept and shown, never notified.
    """

    date: str = ""
    quantity: str = ""
    carrier: str = ""
    carrier_code: str = ""
    warehouse: str = ""
    tracking_numbers: tuple[str, ...] = ()
    serial_numbers: tuple[str, ...] = ()
    mac_addresses: tuple[str, ...] = ()
