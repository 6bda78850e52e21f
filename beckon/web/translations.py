"""The pages' Spanish: collecting what is to be translated, and compiling it. Needs no gettext programs.

`python -m beckon.web.translations update` and `... compile`. Nothing else may know about catalogue files.
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "web/locale"
PO = FOLDER / "es/LC_MESSAGES/django.po"
_WORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def sources() -> Iterator[Path]:
    """Python files and templates of the pages, in the order of their names."""
    for folder, below, names in os.walk(ROOT / "web"):
        below[:] = sorted(set(below) - {"node_modules", "tests", "static", "locale", "__pycache__"})
        for name in sorted(names):
            if name.endswith(".py") or (name.endswith((".html", ".txt")) and "templates" in folder):
                yield Path(folder) / name


def collect() -> Catalog:
    """Everything the pages mark for translation."""
    from django.utils.translation.template import templatize

    catalog = Catalog(project="Beckon", charset="utf-8", fuzzy=False)
    for path in sources():
        text = path.read_text()
        if path.suffix != ".py":
            # What is left is calls and blanked-out words; without indents Python's tokenizer takes it.
            text = re.sub(r"^[ \t]+", "", templatize(text, origin=str(path)), flags=re.MULTILINE)
        for _, name, message, _ in extract_python(io.BytesIO(text.encode()), _WORDS, [], {"encoding": "utf-8"}):
            add(catalog, str(name), message, f"{path.relative_to(ROOT.parent)}")
    return catalog


def add(catalog: Catalog, name: str, message: object, path: str) -> None:
    """Put one found call into the catalogue."""
    parts = message if isinstance(message, tuple) else (message,)
    texts = [part for part in parts if isinstance(part, str)]
    if not texts or not texts[0]:
        return
    context = texts.pop(0) if name.lstrip("n").startswith("pgettext") else None
    identity: str | tuple[str, str] = (texts[0], texts[1]) if name.lstrip("p").startswith("n") else texts[0]
    flags = ("python-format",) if "%(" in texts[0] else ()
    catalog.add(identity, locations=[(path, 0)], context=context, flags=flags)


def read_spanish() -> Catalog:
    """The catalogue as it stands; an empty one where there is none."""
    if not PO.exists():
        return Catalog(locale="es", project="Beckon", charset="utf-8", fuzzy=False)
    with PO.open("rb") as source:
        return read_po(source, locale="es")


def update() -> None:
    """Add what is new to the catalogue, take out what is gone; translations are kept, guesses are not made."""
    spanish = read_spanish()
    spanish.update(collect(), no_fuzzy_matching=True, update_header_comment=False)
    spanish.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as target:
        write_po(target, spanish, width=120, sort_output=True, omit_header=False, include_lineno=False)


def compile_all() -> None:
    """Write the .mo file that Django reads, beside the catalogue."""
    with PO.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_spanish())


def missing() -> list[str]:
    """What the pages say and the catalogue does not translate."""
    spanish = read_spanish()
    found = []
    for message in collect():
        if not message.id:
            continue
        known = spanish.get(message.id, message.context)
        words = known.string if known else ""
        if not (all(words) if isinstance(words, tuple | list) else words) or (known and known.fuzzy):
            found.append(str(message.id))
    return found


if __name__ == "__main__":
    {"update": update, "compile": compile_all}[sys.argv[1]]()
