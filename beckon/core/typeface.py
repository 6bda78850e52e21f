"""The one typeface of everything Beckon prints: Source Sans Pro (SIL Open Font License), from its package."""

from importlib.util import find_spec
from pathlib import Path

NAME = "Source Sans Pro"


def typeface_folder() -> Path:
    """Folder with the font files of the package font-source-sans-pro. Raises FileNotFoundError when it is missing."""
    spec = find_spec("font_source_sans_pro")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package font-source-sans-pro is missing; run `make setup` again")
    return Path(spec.origin).parent / "files"
