"""HTML that others wrote, without anything that runs, loads or covers the page."""

import re

import bleach
from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, CSSSanitizer
from bs4 import BeautifulSoup

_MOST_ROWS = 1_000  # of a table; more are counted
_DROPPED = ["script", "style", "template", "iframe", "object", "embed", "noscript", "title", "svg"]
_TAGS = set(
    re.findall(
        r"\w+",
        "a abbr b blockquote br caption center code col colgroup dd del details div dl dt em font "
        "h1 h2 h3 h4 h5 h6 hr i img ins input kbd li mark ol p pre q s samp section small span "
        "strong sub summary sup table tbody td tfoot th thead tr tt u ul var",
    )
)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,]")
_ANYWHERE = {"title", "style", "dir", "lang", "align"}
_SOMEWHERE = {
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "img": {"alt", "width", "height"},
    "font": {"color"},
    "details": {"open"},
    "input": {"type", "checked", "disabled"},
}


def clean(text: str) -> str:
    """The same HTML without scripts, handlers, frames, foreign styles and remote pictures."""
    soup = BeautifulSoup(text, "html.parser")
    for element in soup.find_all(_DROPPED):
        element.decompose()
    for picture in soup.find_all("img"):
        if not _PICTURE.match(picture.get("src", "")):
            picture.replace_with(absent_picture(picture.get("alt", ""), picture.get("src", "")))
    for field in soup.find_all("input"):  # a task's tick, and nothing to type into
        if field.get("type") != "checkbox":
            field.decompose()
    for table in soup.find_all("table"):
        _shorten(table, soup)
    return bleach.clean(
        str(soup),
        tags=_TAGS,
        attributes=_allowed,
        protocols=["http", "https", "mailto", "data"],
        css_sanitizer=CSSSanitizer(allowed_css_properties=ALLOWED_CSS_PROPERTIES),
        strip=True,
    )


def absent_picture(alt: str, address: str) -> str:
    """What stands where a picture cannot be shown without fetching it."""
    return f"[Picture: {alt or address.partition('?')[0][:80] or 'without a name'}]"


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "a" and name == "href":
        return not value.strip().lower().startswith("data:")
    if tag == "img" and name == "src":
        return bool(_PICTURE.match(value))
    return name in _ANYWHERE or name in _SOMEWHERE.get(tag, ())


def _shorten(table, soup: BeautifulSoup) -> None:
    rows = table.find_all("tr")
    for row in rows[_MOST_ROWS:]:
        row.decompose()
    if len(rows) > _MOST_ROWS:
        note = soup.new_tag("p")
        note.string = f"{_MOST_ROWS:,} of {len(rows):,} rows are shown."
        table.insert_after(note)
