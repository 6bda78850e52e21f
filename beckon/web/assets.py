"""Static files: which files of which npm packages are served, and names that change with the content."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

FRONTEND = Path(__file__).parent / "frontend"
PACKAGES = FRONTEND / "node_modules"
_FONT = "@fontsource/source-sans-pro/files/source-sans-pro-latin"
FILES = {
    "npm/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "npm/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    **{f"npm/source-sans-{weight}.woff2": f"{_FONT}-{weight}-normal.woff2" for weight in ("400", "600", "700")},
}
"""static name -> file of an npm package"""


class NpmFinder(BaseFinder):
    """Finds the files of FILES where `make setup` put them."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file's place, or an empty list."""
        found = str(PACKAGES / FILES[path]) if path in FILES else None
        if found is None or not os.path.exists(found):
            return []
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every file under its npm name, with a storage that opens it."""
        for name in FILES:
            if (PACKAGES / FILES[name]).exists():
                yield name, _Renamed(location=PACKAGES)


class _Renamed(FileSystemStorage):
    """A storage in which `npm/x` opens the package's file."""

    def path(self, name: str) -> str:
        return super().path(FILES.get(name, name))


class NamedByContent(CompressedManifestStaticFilesStorage):
    """Hashed names, so that browsers keep files for a year. A file that is missing is served under its plain name."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """As the parent says; the plain name where a style sheet names a file that is not there (source maps)."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name


def have_packages() -> bool:
    """True when the npm packages are installed."""
    return all((PACKAGES / target).exists() for target in FILES.values())
