"""The deck's own look: a theme, a master and named layouts, written over python-pptx's default."""

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.presentation import Presentation as Deck
from pptx.util import Inches

from graymarket.palette import office_colour

INK, PAPER, MUTE, FAINT, ACCENT, SECOND, LINE = map(
    office_colour, ("ink", "paper", "text-mute", "faint", "accent", "second", "mute")
)

WIDTH, HEIGHT = 13.333, 7.5  # inches, 16:9
MARGIN = 0.6
INNER = WIDTH - 2 * MARGIN

# Placeholder numbers, the same in every layout, so that a slide can change its layout.
SUBTITLE, CONTENT, SOURCE, FOOTER, NUMBER = 13, 14, 15, 16, 17
COLUMNS = (21, 22, 23)

# Left, top, width, height in inches, under a title of two lines and of one.
EXHIBIT_AREAS = {
    "Exhibit": (MARGIN, 1.68, INNER, 4.8),
    "Exhibit, short title": (MARGIN, 1.3, INNER, 5.18),
}

_TITLE_BOX = (MARGIN, 0.42, INNER, 0.86)
_FOOT = (7.06, 0.28)  # top and height of the running foot
_COLUMN_TOP, _COLUMN_HEIGHT, _GUTTER = 1.65, 4.3, 0.45

# PANOSE numbers tell a program without these fonts which of its own are most like them.
_SANS = 'typeface="IBM Plex Sans Condensed" panose="020B0506050203000203" pitchFamily="34"'
_SERIF = 'typeface="IBM Plex Serif" panose="02060503050406000203" pitchFamily="18"'

EMPTY_TABLE_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # a table without lines and fills


def empty_deck() -> Deck:
    """A 16:9 deck without slides: house theme, one master, layouts with real placeholders."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    size = deck.element.sldSz
    if "type" in size.attrib:
        del size.attrib["type"]
    _drop_leftovers(deck)
    master = deck.slide_master
    _set_theme(master.part.part_related_by(RELATIONSHIP_TYPE.THEME))
    _fill(master, _master_shapes())
    styles = master.element.find("{*}txStyles")
    styles.getparent().replace(styles, parse_xml(_TEXT_STYLES))
    for layout in list(deck.slide_layouts)[len(_LAYOUTS) :]:
        deck.slide_layouts.remove(layout)
    for layout, (name, shapes) in zip(deck.slide_layouts, _LAYOUTS.items(), strict=True):
        _rebuild(layout, name, shapes)
    return deck


def layout(deck: Deck, name: str):
    """The layout of that name."""
    return deck.slide_layouts.get_by_name(name)


def _drop_leftovers(deck: Deck) -> None:
    """A printer's settings and a picture of somebody else's first slide."""
    for owner, kind in (
        (deck.part, RELATIONSHIP_TYPE.PRINTER_SETTINGS),
        (deck.part.package, RELATIONSHIP_TYPE.THUMBNAIL),
    ):
        rels = owner.rels if hasattr(owner, "rels") else owner._rels
        for key in [key for key, rel in rels.items() if rel.reltype == kind]:
            rels.pop(key)


def _set_theme(part) -> None:
    colours = {
        "dk1": INK,
        "lt1": PAPER,
        "dk2": MUTE,
        "lt2": FAINT,
        "accent1": ACCENT,
        "accent2": SECOND,
        "accent3": MUTE,
        "accent4": LINE,
        "accent5": "B4BBC2",
        "accent6": FAINT,
        "hlink": SECOND,
        "folHlink": MUTE,
    }
    listed = "".join(f'<a:{k}><a:srgbClr val="{v}"/></a:{k}>' for k, v in colours.items())
    theme = parse_xml(part.blob)
    theme.set("name", "Report")
    elements = theme.find("{*}themeElements")
    elements.replace(
        elements.find("{*}clrScheme"),
        parse_xml(f'<a:clrScheme {nsdecls("a")} name="Report">{listed}</a:clrScheme>'),
    )
    faces = "".join(
        f'<a:{kind}><a:latin {face}/><a:ea typeface=""/><a:cs typeface=""/></a:{kind}>'
        for kind, face in (("majorFont", _SERIF), ("minorFont", _SANS))
    )
    elements.replace(
        elements.find("{*}fontScheme"),
        parse_xml(f'<a:fontScheme {nsdecls("a")} name="Report">{faces}</a:fontScheme>'),
    )
    part._blob = serialize_part_xml(theme)


def _fill(owner, shapes: list[str]) -> None:
    """Replace all shapes of a master or layout, numbering them from 2."""
    tree = owner.shapes._spTree
    for child in list(tree)[2:]:
        tree.remove(child)
    for number, shape in enumerate(shapes, start=2):
        tree.append(parse_xml(shape.replace("@ID@", str(number))))


def _rebuild(layout, name: str, shapes: list[str]) -> None:
    _fill(layout, [*shapes, *_foot()])
    layout.element.cSld.set("name", name)
    layout.element.attrib.pop("type", None)  # the stock kind no longer describes it
    layout.element.attrib.pop("preserve", None)
    layout.element.set("userDrawn", "1")


def _box(left: float, top: float, width: float, height: float) -> str:
    emu = [Inches(value) for value in (left, top, width, height)]
    return (
        f'<a:xfrm><a:off x="{emu[0]}" y="{emu[1]}"/><a:ext cx="{emu[2]}" cy="{emu[3]}"/></a:xfrm>'
    )


def _placeholder(
    kind: str, idx: int | None, name: str, box, style: str = "", prompt: str = "", anchor="t"
) -> str:
    """A placeholder; `style` is the inside of lstStyle, `prompt` what it asks for."""
    number = f' idx="{idx}"' if idx is not None else ""
    body = prompt or "Click to add text"
    if kind == "sldNum":
        words = (
            '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
            '<a:rPr lang="en-GB"/><a:t>‹#›</a:t></a:fld>'
        )
    else:
        words = f'<a:r><a:rPr lang="en-GB"/><a:t>{body}</a:t></a:r>'
    return (
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="@ID@" name="{name}"/>'
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{kind}"{number}/></p:nvPr></p:nvSpPr>'
        f'<p:spPr>{_box(*box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" '
        f'anchor="{anchor}"><a:normAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle>'
        f"<a:p>{words}</a:p></p:txBody></p:sp>"
    )


def _level(size: float, colour: str = "tx1", bold: bool = False, after: float = 0, **more) -> str:
    """The style of a placeholder's first level."""
    face = more.get("face", "+mn-lt")
    align = more.get("align", "l")
    spacing = more.get("line", 100)
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}">'
        f'<a:lnSpc><a:spcPct val="{spacing * 1000}"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:spcAft><a:spcPts val="{after * 100:.0f}"/>'
        f'</a:spcAft><a:buNone/><a:defRPr sz="{size * 100:.0f}" b="{int(bold)}">'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:latin typeface="{face}"/>'
        f"</a:defRPr></a:lvl1pPr>"
    )


def _rule(left: float, top: float, width: float, height: float = 0.05, colour="accent1") -> str:
    """A short rule, for the eye alone."""
    return (
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="@ID@" name="Rule">'
        f'<a:extLst><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
        f'<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"'
        f' val="1"/></a:ext></a:extLst></p:cNvPr><p:cNvSpPr/>'
        f'<p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{_box(left, top, width, height)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        f'<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-GB"/></a:p></p:txBody>'
        f"</p:sp>"
    )


def _foot() -> list[str]:
    top, height = _FOOT
    return [
        _placeholder(
            "ftr",
            FOOTER,
            "Footer",
            (MARGIN, top, 9, height),
            _level(11, "tx2"),
            "Report and edition",
            "b",
        ),
        _placeholder(
            "sldNum",
            NUMBER,
            "Slide number",
            (WIDTH - MARGIN - 1.5, top, 1.5, height),
            _level(11, "tx2", align="r"),
            "",
            "b",
        ),
    ]


def _title(box, size: float, *, serif: bool, anchor: str = "t", kind: str = "title") -> str:
    face = "+mj-lt" if serif else "+mn-lt"
    style = _level(size, bold=True, face=face, line=92)
    return _placeholder(kind, None, "Title", box, style, "The message, in a sentence", anchor)


def _master_shapes() -> list[str]:
    top, height = _FOOT
    return [
        _title(_TITLE_BOX, 26, serif=False),
        _placeholder(
            "body", 1, "Text", (MARGIN, 1.75, INNER, 5), _level(20, after=10), "Text", "t"
        ),
        _placeholder("ftr", 3, "Footer", (MARGIN, top, 9, height), _level(11, "tx2"), "", "b"),
        _placeholder(
            "sldNum",
            4,
            "Slide number",
            (WIDTH - MARGIN - 1.5, top, 1.5, height),
            _level(11, "tx2", align="r"),
            "",
            "b",
        ),
    ]


def _opening(kind: str, size: float, top: float, title_height: float) -> list[str]:
    """A big title above a paragraph: the title slide and those between chapters."""
    width, after = 10.5, top + title_height + 0.2
    return [
        _rule(MARGIN, top - 0.3, 0.9, 0.07),
        _title((MARGIN, top, INNER, title_height), size, serif=True, anchor="t", kind=kind),
        _placeholder(
            "body",
            SUBTITLE,
            "Subtitle",
            (MARGIN, after, width, 6.75 - after),
            _level(20, "tx2", after=8, line=108),
            "One or two sentences",
        ),
    ]


def _message() -> list[str]:
    """The head of a slide with something to show: rule, title as the message."""
    return [_rule(MARGIN, 0.28, 0.6), _title(_TITLE_BOX, 26, serif=False)]


def _source_line(top: float = 6.5, height: float = 0.56, size: float = 11) -> str:
    return _placeholder(
        "body",
        SOURCE,
        "Source and note",
        (MARGIN, top, INNER, height),
        _level(size, "tx2"),
        "Source and note",
        "b",
    )


def _exhibit(name: str) -> list[str]:
    area = EXHIBIT_AREAS[name]
    top = area[1] - 0.38
    subtitle = (MARGIN, top, INNER, 0.32)
    return [
        _rule(MARGIN, 0.28, 0.6),
        _title((MARGIN, 0.42, INNER, top - 0.44), 26, serif=False),
        _placeholder(
            "body",
            SUBTITLE,
            "Subtitle",
            subtitle,
            _level(15, "tx2"),
            "Measure, unit, place and period",
        ),
        _placeholder("obj", CONTENT, "Exhibit", area, _level(20), "Chart or table"),
        _source_line(),
    ]


def _columns(count: int) -> list[str]:
    width = (INNER - (count - 1) * _GUTTER) / count
    shapes = _message()
    for i, idx in enumerate(COLUMNS[:count]):
        left = MARGIN + i * (width + _GUTTER)
        shapes.append(_rule(left, _COLUMN_TOP - 0.15, width, 0.015, "accent4"))
        shapes.append(
            _placeholder(
                "body",
                idx,
                f"Column {i + 1}",
                (left, _COLUMN_TOP, width, _COLUMN_HEIGHT),
                _level(20, after=8, line=104),
                "A bold lead, then the words",
            )
        )
    return [*shapes, _source_line(6.1, 0.85, 14)]


def _text(height: float = 5.0) -> list[str]:
    return [
        *_message(),
        _placeholder(
            "body",
            CONTENT,
            "Text",
            (MARGIN, _COLUMN_TOP, 10.5, height),
            _level(20, after=12, line=106),
            "Text",
        ),
    ]


_LAYOUTS = {
    "Title": _opening("ctrTitle", 60, 2.2, 1.1),
    "Section": _opening("title", 34, 1.9, 1.6),
    **{name: _exhibit(name) for name in EXHIBIT_AREAS},
    "Two-up": _columns(2),
    "Three-up": _columns(3),
    "Text": _text(),
    "Closing": _text(),
}


def _styles(tag: str, size: int, face: str, bold: int = 0) -> str:
    levels = "".join(
        f'<a:lvl{n}pPr marL="{(n - 1) * 228600}" indent="0" algn="l" defTabSz="914400" rtl="0" '
        f'eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:spcBef><a:spcPts val="0"/></a:spcBef>'
        f'<a:buNone/><a:defRPr lang="en-GB" sz="{size * 100}" b="{bold}" kern="1200"><a:solidFill>'
        f'<a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="{face}"/>'
        f'<a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl{n}pPr>'
        for n in range(1, 10)
    )
    return f"<p:{tag}>{levels}</p:{tag}>"


_TEXT_STYLES = (
    f"<p:txStyles {nsdecls('p', 'a')}>"
    + _styles("titleStyle", 26, "+mn-lt", bold=1)
    + _styles("bodyStyle", 20, "+mn-lt")
    + _styles("otherStyle", 18, "+mn-lt")
    + "</p:txStyles>"
)
