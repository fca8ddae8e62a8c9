"""The product's command line with one partner more: `python -m tests.toy`."""

import tests.toy.line  # noqa: F401 (the line is put in)
from waybill.main import main

main()
