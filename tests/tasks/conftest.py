"""How long properties are searched: by examples, never by the clock."""

from hypothesis import settings

settings.register_profile("waybill", deadline=None, max_examples=80)
settings.load_profile("waybill")
