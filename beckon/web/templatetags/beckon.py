"""The pieces every page is made of, as template tags. Loaded everywhere; /gallery/ shows each one."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from beckon.channels.alarms import alarm_words
from beckon.core.models import Role
from beckon.core.wording.words import Words
from beckon.web import spoken
from beckon.web.assets import PACKAGES
from beckon.web.roles import ROLE_NAMES

register = template.Library()

TONES = ("good", "bad", "warn", "info", "calm")
"""What a badge or notice says; each has its own icon, since nothing may be only a colour."""
_ICON_OF_TONE = {"good": "check", "bad": "alert-circle", "warn": "alert-triangle", "info": "info-circle", "calm": ""}
_COLOUR_OF_TONE = {"good": "green", "bad": "red", "warn": "yellow", "info": "blue", "calm": "secondary"}


@cache
def _svg(name: str) -> str:
    source = PACKAGES / f"@tabler/icons/icons/outline/{name}.svg"
    if not name.replace("-", "").isalnum() or not source.exists():
        return ""
    inner = source.read_text().split(">", 1)[1].rsplit("</svg>", 1)[0]
    if source.read_text().lstrip().startswith("<!--"):  # the licence's remark stands before the picture
        inner = source.read_text().split("<svg", 1)[1].split(">", 1)[1].rsplit("</svg>", 1)[0]
    return " ".join(inner.split())


@register.simple_tag
@lru_cache(maxsize=2_000)
def icon(name: str, label: str = "") -> SafeString:
    """A picture from Tabler's outline set. With `label` it is read out; without, screen readers skip it."""
    told = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        told,
        mark_safe(_svg(name)),  # noqa: S308 - from the npm package, never from people
    )


@register.simple_tag
def badge(text: Any, tone: str = "calm") -> SafeString:
    """A word with a tone: good, bad, warn, info or calm."""
    tone = tone if tone in TONES else "calm"
    picture = icon(_ICON_OF_TONE[tone]) if _ICON_OF_TONE[tone] else ""
    return format_html('<span class="badge tone-{}">{}{}</span>', tone, picture, text)


@register.simple_tag
def role_name(role: str) -> str:
    """A role in words."""
    return str(ROLE_NAMES[Role(role)])


_FORMS = {
    "long": gettext_noop("D, N j, Y, g:i A"),
    "short": gettext_noop("N j, g:i A"),
    "day": gettext_noop("N j, Y"),
    "clock": gettext_noop("g:i A"),
}


@register.simple_tag(takes_context=True)
def when(context: Mapping[str, Any], at: datetime | date | None, zone: str = "", form: str = "long") -> SafeString:
    """A time with its zone named, in `zone` (an IANA name) or the practice's own; a dash where there is none.

    `form`: long (Tue, Nov 17, 2026, 10:05 AM EST), short (Nov 17, 10:05 AM EST), day (Nov 17, 2026) or
    clock (10:05 AM EST).
    """
    if at is None:
        return format_html('<span class="text-secondary">{}</span>', "–")
    if not isinstance(at, datetime):
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), formats.date_format(at, gettext("N j, Y")))
    organization = context.get("organization")
    place = ZoneInfo(zone or (organization.time_zone if organization else "UTC"))
    local = timezone.localtime(at, place)
    text = formats.date_format(local, gettext(_FORMS.get(form, _FORMS["long"])))
    if form != "day":
        text = f"{text} {local.tzname()}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), text)


@register.filter
def number(value: Any) -> str:
    """1234567 as 1,234,567 (1.234.567 in Spanish); a dash for nothing."""
    if value is None or value == "":
        return "–"
    return str(formats.number_format(value, use_l10n=True, force_grouping=True))


@register.filter
def money(cents: int | None) -> str:
    """Cents as dollars to the cent."""
    if cents is None:
        return "–"
    sign = "-" if cents < 0 else ""
    return f"{sign}${formats.number_format(abs(cents) / 100, decimal_pos=2, use_l10n=True, force_grouping=True)}"


@register.filter
def percent(share: float | None) -> str:
    """0.1234 as 12.3 %."""
    if share is None:
        return "–"
    return f"{formats.number_format(round(share * 100, 1), decimal_pos=1, use_l10n=True)} %"


@register.filter
def phone(e164: str | None) -> str:
    """+12125550142 as (212) 555-0142; other numbers as they are."""
    if e164 and len(e164) == 12 and e164.startswith("+1"):
        return f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}"
    return e164 or "–"


@register.filter
def language_name(code: str) -> str:
    """English for en, in the language of the page; another code as it is."""
    return str(spoken.LANGUAGE_NAMES.get(code, code))


@register.filter
def said(words: Words) -> str:
    """What a package below says, in the language of the page."""
    return spoken.said(words)


@register.filter
def alarm(stored: str) -> str:
    """Why a sender stands still, in the language of the page."""
    return spoken.said(alarm_words(stored))


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """The page's query string with some parts changed (None takes a part out); starts with ?."""
    found: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = str(value)
    return f"?{found.urlencode()}"


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", icon: str = "inbox", url: str = "", action: str = "") -> dict[str, Any]:
    """What an empty list says: what would stand here, and what to do next."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("components/figure.html")
def figure(name: str, value: Any, url: str = "", hint: str = "", change: str = "", tone: str = "") -> dict[str, Any]:
    """A number with its name; with `url` it leads to the people behind it."""
    return {"name": name, "value": value, "url": url, "hint": hint, "change": change, "tone": tone}


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: str = "") -> dict[str, Any]:
    """How far long work has come, in words and as a bar."""
    share = 100 if total <= 0 else max(0, min(100, round(100 * done / total)))
    return {"done": done, "total": total, "share": share, "label": label}


@register.inclusion_tag("components/notice.html")
def notice(text: str, tone: str = "info", title: str = "") -> dict[str, Any]:
    """A box that says something about the whole page."""
    tone = tone if tone in TONES else "info"
    return {"text": text, "tone": tone, "title": title, "icon": _ICON_OF_TONE[tone] or "info-circle"}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Mapping[str, Any], page: Page[Any] | Any) -> dict[str, Any]:
    """Earlier and later pages. `page` has number, has_previous, has_next and, where known, paginator.num_pages."""
    return {"request": context["request"], "page": page}


@register.inclusion_tag("components/bar.html")
def bar(share: float, label: str = "", tone: str = "info") -> dict[str, Any]:
    """A share (0 to 1) as a bar; the figure itself must stand beside it."""
    width = max(0.0, min(1.0, float(share or 0))) * 100
    return {"width": f"{width:.1f}", "label": label, "tone": tone if tone in TONES else "info"}
