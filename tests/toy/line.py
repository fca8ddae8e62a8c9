"""The one line in the registry, before anything has read it."""

from tests.toy.partner import TOY
from workers.partners import registry

registry.PARTNERS = (*registry.PARTNERS, TOY)
