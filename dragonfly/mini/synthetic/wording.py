"""The many ways in which the same question is asked of a synthetic slide.

Nothing here knows the answer, so that no wording can give it away.
"""

from typing import Literal

QuestionKind = Literal[
    "mitoses present",
    "tumour present",
    "lymphocytes present",
    "rods present",
    "nest kind",
    "target count",
    "target quadrant",
    "fragment count",
    "pen present",
    "pen colour",
    "fold present",
]


def _crossed(openings: str, thing: str) -> tuple[str, ...]:
    return tuple(opening.format(thing) for opening in openings.split(";"))


_PRESENT = (
    "Is there {} anywhere in this slide?;Does this slide contain {}?;"
    "Can {} be found on this slide?;Look for {}. Is it present?;"
    "Do you see {} in the tissue?;Is {} present?;Does the tissue show {}?;"
    "Search the whole slide: is there {}?;Would you report {} here?;"
    "Does any part of the slide show {}?"
)

_MARKED = (
    "Is there {} on this slide?;Does this slide carry {}?;"
    "Can {} be seen on the glass?;Look for {}. Is it present?;"
    "Do you see {} on the slide?;Is {} present?;Does the overview show {}?;"
    "Has somebody left {} on the glass?;Would you note {} here?"
)

WORDINGS: dict[QuestionKind, tuple[str, ...]] = {
    "mitoses present": _crossed(_PRESENT, "a cluster of mitotic figures"),
    "tumour present": _crossed(_PRESENT, "a nest of tumour cells"),
    "lymphocytes present": _crossed(_PRESENT, "an aggregate of lymphocytes"),
    "rods present": _crossed(_PRESENT, "a colony of rod-shaped microorganisms"),
    "nest kind": (
        "Which kind of cells form the nest in this region?",
        "What cells is this nest made of?",
        "Name the cell type of the nest shown here.",
        "The nest in this region consists of which cells?",
        "What type of cell fills this nest?",
        "Which cells do you see in the marked nest?",
        "Identify the cells of this nest.",
        "Of what kind are the cells in this region's nest?",
        "What are the cells in this nest?",
    ),
    "target count": (
        "How many abnormal foci are hidden in this slide?",
        "How many nests differ from all others at high magnification?",
        "Count the abnormal nests on this slide.",
        "What is the number of abnormal foci?",
        "How many foci would you mark as abnormal?",
        "At high power, how many nests are abnormal?",
        "How many unusual nests does the tissue contain?",
        "State how many abnormal foci there are.",
        "How many abnormal nests can be found?",
    ),
    "target quadrant": (
        "In which quadrant of the slide is the abnormal nest?",
        "Where on the slide does the abnormal focus lie?",
        "Which quarter of the slide holds the abnormal nest?",
        "Name the quadrant with the abnormal focus.",
        "In what part of the slide is the unusual nest?",
        "Locate the abnormal nest: which quadrant?",
        "Which corner of the slide is nearest to the abnormal focus?",
        "Where would you look for the abnormal nest?",
        "The abnormal nest is in which quadrant?",
    ),
    "fragment count": (
        "How many tissue fragments are there?",
        "How many pieces of tissue are on the slide?",
        "Count the pieces of tissue.",
        "What is the number of tissue fragments?",
        "How many separate fragments do you see?",
        "Into how many pieces is the tissue divided?",
        "State the number of tissue pieces.",
        "How many bits of tissue lie on the glass?",
        "How many separate pieces of tissue can be seen?",
    ),
    "pen present": _crossed(_MARKED, "a pen mark"),
    "pen colour": (
        "What colour is the pen mark?",
        "Which colour has the pen on the glass?",
        "In which colour was the slide marked?",
        "Name the colour of the pen mark.",
        "The ink on the glass is of which colour?",
        "What is the colour of the ink?",
        "Which ink was used to mark the slide?",
        "Of what colour is the line drawn on the glass?",
        "What colour was the marker pen?",
    ),
    "fold present": _crossed(_PRESENT, "a tissue fold"),
}
