"""One content policy for every format: HTML and SVG that others wrote, without anything that runs,
loads or covers the page."""

import re
from collections.abc import Iterable
from functools import lru_cache
from xml.etree import ElementTree

import nh3
from bs4 import BeautifulSoup


def _named(names: str) -> set[str]:
    return set(names.split())


_MOST_ROWS = 1_000  # of a table; more are counted
_DROPPED = _named(
    "script style template iframe object embed noscript title svg math select textarea"
)
_TAGS = _named(
    "a abbr b blockquote br caption center code col colgroup dd del details div dl dt em font "
    "h1 h2 h3 h4 h5 h6 hr i img ins input kbd li mark ol p pre q s samp section small span "
    "strong sub summary sup table tbody td tfoot th thead tr tt u ul var"
)
_ATTRIBUTES = {
    "*": {"title", "style", "dir", "lang", "align", "id"},
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "img": {"alt", "width", "height", "src"},
    "font": {"color"},
    "details": {"open"},
    "input": {"checked", "disabled"},
}
_CLASSES = {  # what the reader of Markdown gives
    "span": {"range"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
    "div": {"admonition"},
    "p": {"admonition-title"},
    "ul": {"contains-task-list"},
    "li": {"task-list-item"},
}
_STYLES = _named(
    "background-color border border-bottom border-bottom-color border-bottom-style "
    "border-bottom-width border-collapse border-color border-left border-left-color "
    "border-left-style border-left-width border-right border-right-color border-right-style "
    "border-right-width border-spacing border-style border-top border-top-color border-top-style "
    "border-top-width border-width clear color direction display float font font-family font-size "
    "font-style font-variant font-weight height letter-spacing line-height margin margin-bottom "
    "margin-left margin-right margin-top max-height max-width min-height min-width overflow "
    "padding padding-bottom padding-left padding-right padding-top text-align text-decoration "
    "text-indent text-transform vertical-align white-space width word-spacing"
)
_REWRITTEN = re.compile(r"<(img|input|table)\b", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,]")

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_ELEMENTS = _named(
    "svg g a defs symbol use image switch title desc metadata style path rect circle ellipse line "
    "polyline polygon text tspan textPath marker clipPath mask pattern linearGradient "
    "radialGradient stop filter feGaussianBlur feOffset feMerge feMergeNode feBlend feFlood "
    "feComposite feColorMatrix feMorphology feTurbulence feDropShadow"
)
_HREFS = ("href", f"{{{_XLINK}}}href")
_XML_ATTRIBUTES = {f"{{{_XLINK}}}href", "{http://www.w3.org/XML/1998/namespace}space"}
_GEOMETRY = _named(
    "id class transform d x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy rotate width height "
    "points viewBox preserveAspectRatio version baseProfile href role lang offset pathLength "
    "textLength lengthAdjust startOffset method spacing side orient refX refY markerWidth "
    "markerHeight markerUnits patternUnits patternContentUnits patternTransform gradientUnits "
    "gradientTransform spreadMethod clipPathUnits maskUnits maskContentUnits filterUnits "
    "primitiveUnits in in2 result mode operator stdDeviation type values k1 k2 k3 k4 radius "
    "baseFrequency numOctaves seed stitchTiles tabindex"
)
_PRESENTATION = _named(
    "style alignment-baseline baseline-shift clip-path clip-rule color color-interpolation "
    "color-interpolation-filters direction display dominant-baseline fill fill-opacity fill-rule "
    "filter flood-color flood-opacity font font-family font-size font-size-adjust font-stretch "
    "font-style font-variant font-weight image-rendering letter-spacing marker marker-end "
    "marker-mid marker-start mask mix-blend-mode opacity overflow paint-order shape-rendering "
    "stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap "
    "stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration "
    "text-rendering transform-origin unicode-bidi vector-effect visibility white-space "
    "word-spacing writing-mode"
)
_LOADED = re.compile(r"""url\(\s*["']?(?!\s*["']?#)|@import|expression\(|\\""", re.IGNORECASE)

ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)


def sanitize(markup: str, ids: Iterable[str] = ()) -> str:
    """HTML without scripts, handlers, frames, foreign styles, remote pictures and comments.

    Of the elements' ids only `ids` stay: others might be those of the page around.
    """
    kept = set(ids)

    def allowed(tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return value if value in kept else None
        if name == "src":
            return value if _PICTURE.match(value) else None
        if name == "href" and value.strip().lower().startswith("data:"):
            return None
        return value

    return nh3.clean(
        _rewritten(markup) if _REWRITTEN.search(markup) else markup,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=allowed,
        allowed_classes=_CLASSES,
        tag_attribute_values={"input": {"type": {"checkbox"}}},
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )


def absent_picture(alt: str, address: str) -> str:
    """What stands where a picture cannot be shown without fetching it."""
    return f"[Picture: {alt or address.partition('?')[0][:80] or 'without a name'}]"


def _rewritten(markup: str) -> str:
    """HTML with words for remote pictures, no fields to type into, and no endless tables."""
    soup = BeautifulSoup(markup, "html.parser")
    for picture in soup.find_all("img"):
        alt, address = str(picture.get("alt") or ""), str(picture.get("src") or "")
        if not _PICTURE.match(address):
            picture.replace_with(absent_picture(alt, address))
    for field in soup.find_all("input"):  # a task's tick, and nothing to type into
        if field.get("type") != "checkbox":
            field.decompose()
    for table in soup.find_all("table"):
        rows = table.find_all("tr")
        for row in rows[_MOST_ROWS:]:
            row.decompose()
        if len(rows) > _MOST_ROWS:
            note = soup.new_tag("p")
            note.string = f"{_MOST_ROWS:,} of {len(rows):,} rows are shown."
            table.insert_after(note)
    return str(soup)


@lru_cache(maxsize=1_024)  # a report's pictures are asked for by every format
def sanitize_svg(svg: str) -> str:
    """SVG with nothing but drawing in it; "" if it is unsound.

    A picture that has nothing else comes back as it was, byte for byte.
    """
    try:
        root = ElementTree.fromstring(svg.strip())
    except (ElementTree.ParseError, ValueError):
        return ""
    if root.tag not in (f"{{{_SVG}}}svg", "svg"):
        return ""
    # Comments and instructions are over at other places for a reader of HTML than of XML.
    if not _strip(root) and "<!" not in svg and "<?" not in svg:
        return svg
    return ElementTree.tostring(root, encoding="unicode")


def _strip(parent: ElementTree.Element) -> bool:
    """Take out of an element what does not draw; whether there was any."""
    unsafe = [name for name, value in parent.attrib.items() if not _draws(name, value)]
    for name in unsafe:
        del parent.attrib[name]
    children = list(parent)
    foreign = [child for child in children if not _is_drawing(child)]
    for child in foreign:
        parent.remove(child)
    nested = [_strip(child) for child in children if child not in foreign]
    return bool(unsafe or foreign) or any(nested)


def _is_drawing(element: ElementTree.Element) -> bool:
    namespace, _, name = str(element.tag).rpartition("}")
    if namespace not in ("", f"{{{_SVG}") or name not in _ELEMENTS:
        return False
    return not (name == "style" and _LOADED.search("".join(element.itertext())))


def _draws(name: str, value: str) -> bool:
    if name in _HREFS:
        return value.startswith("#") or bool(_PICTURE.match(value))
    if name in _GEOMETRY or name in _XML_ATTRIBUTES or name.startswith(("aria-", "data-")):
        return True
    return name in _PRESENTATION and not _LOADED.search(value)
