"""The help's texts: Markdown files of ours, one per chapter and language, with pictures made by a script."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

FOLDER = Path(__file__).with_name("pages")
CHAPTERS = ("tour", "manager", "agent", "supervisor", "scheduler", "analyst", "auditor", "administrator")
"""In the order of the contents."""


@dataclass(frozen=True)
class Chapter:
    """A chapter ready to be shown: its first heading, its first paragraph, and all of it as HTML."""

    name: str
    title: str
    lead: str
    html: SafeString


@cache
def read_chapter(name: str, language: str) -> Chapter:
    """The chapter in `language` (en or es). Raises FileNotFoundError; a test sees to it that none is missing."""
    source = (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")
    lines = source.splitlines()
    title = lines[0].removeprefix("# ").strip()
    body = "\n".join(lines[1:]).strip()
    plain = next((part for part in body.split("\n\n") if part[:1].isalpha() or part[:1] == "*"), "")
    lead = plain.replace("\n", " ").replace("*", "").replace("`", "")
    return Chapter(name, title, lead, mark_safe(_rendered(body)))  # noqa: S308 - our own files, HTML in them is off


def _rendered(body: str) -> str:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(body)
    for token in tokens:
        for inner in token.children or ():
            if inner.type == "image":
                # Pictures are static files with a name made from their content; shown at their own size at most.
                inner.attrs["src"] = static(f"web/help/{inner.attrs['src']}")
                inner.attrs["loading"] = "lazy"
    return str(markdown.renderer.render(tokens, markdown.options, {}))
