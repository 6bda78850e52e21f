"""Where to read the law itself: official sites, by state as in consent/law/hours.yaml; US is federal law."""

from typing import Final

SOURCES: Final[dict[str, str]] = {
    "US": "https://www.ecfr.gov/current/title-47/section-64.1200",
    "AL": "https://admincode.legislature.state.al.us/",
    "CA": "https://leginfo.legislature.ca.gov/",
    "CT": "https://www.cga.ct.gov/",
    "FL": "http://www.leg.state.fl.us/statutes/",
    "GA": "https://www.legis.ga.gov/",
    "IN": "https://iga.in.gov/",
    "KY": "https://legislature.ky.gov/",
    "LA": "https://www.lpsc.louisiana.gov/",
    "MA": "https://malegislature.gov/Laws/GeneralLaws",
    "MD": "https://mgaleg.maryland.gov/",
    "ME": "https://legislature.maine.gov/statutes/",
    "MI": "https://www.legislature.mi.gov/",
    "MN": "https://www.revisor.mn.gov/statutes/",
    "MS": "https://www.legislature.ms.gov/",
    "NE": "https://nebraskalegislature.gov/laws/",
    "NM": "https://www.nmlegis.gov/",
    "NV": "https://www.leg.state.nv.us/",
    "OK": "https://www.oklegislature.gov/",
    "OR": "https://www.oregonlegislature.gov/",
    "PA": "https://www.legis.state.pa.us/",
    "RI": "https://www.rilegislature.gov/",
    "SD": "https://sdlegislature.gov/",
    "TX": "https://statutes.capitol.texas.gov/",
    "UT": "https://le.utah.gov/",
    "WA": "https://app.leg.wa.gov/RCW/",
    "WY": "https://www.wyoleg.gov/",
}
