"""Writes docs/pages.md, the table of every address and who may use it: `python -m beckon.web.pages_table`."""

import os

import django


def main() -> None:
    """Write the file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beckon.settings")
    django.setup()
    from beckon.web.addresses import PLACE, table  # needs Django set up

    PLACE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
