"""Where each source comes from, under which licence, and whom to credit.

The card of the data and the card of the model quote these lines. No picture of any
set is part of this project.
"""

from dataclasses import dataclass

from dragonfly.mini.data import bccd, brca_m2c, nuinsseg, radiology, unknown
from dragonfly.mini.data import picture_kind as kinds
from dragonfly.mini.data import synthetic_fields as synthetic


@dataclass(frozen=True)
class Origin:
    """What the licence of one source asks to be said."""

    title: str
    licence: str
    attribution: str
    obtained_from: str


_OURS = Origin(
    "Made by this project", "Apache-2.0", "Dragonfly for pathology.", "this project"
)

ORIGINS: dict[str, Origin] = {
    radiology.RAD: Origin(
        "VQA-RAD, training part of the split by image",
        "CC0-1.0",
        "VQA-RAD: Lau, Gayen, Ben Abacha and Demner-Fushman, Scientific Data 5 "
        "(2018). CC0 1.0.",
        "https://osf.io/89kps/",
    ),
    radiology.MED: Origin(
        "VQA-Med 2019, training split, with checks made from its labels",
        "CC-BY-4.0",
        "VQA-Med 2019: Ben Abacha, Hasan, Datla, Liu, Demner-Fushman and Mueller, "
        "CLEF 2019. CC BY 4.0. Questions were added by templates.",
        "https://github.com/abachaa/VQA-Med-2019",
    ),
    brca_m2c.NAME: Origin(
        "BRCA-M2C, training split, template questions",
        "BSD-3-Clause",
        "BRCA-M2C: Abousamra et al., Multi-Class Cell Detection Using Spatial Context "
        "Representation, ICCV 2021; patches of TCGA. Copyright (c) 2022, TopoXLab. "
        "BSD 3-Clause.",
        "https://github.com/TopoXLab/Dataset-BRCA-M2C",
    ),
    bccd.NAME: Origin(
        "BCCD, training split, template questions",
        "MIT",
        "BCCD: Copyright (c) 2017 shenggan. MIT License.",
        "https://github.com/Shenggan/BCCD_Dataset",
    ),
    nuinsseg.NAME: Origin(
        "NuInsSeg, training part, re-stained, nuclei only",
        "CC-BY-4.0",
        "NuInsSeg: Mahbod et al., Scientific Data 11 (2024). CC BY 4.0. The pictures "
        "were cut, turned and re-stained, and questions were added by templates.",
        "https://github.com/masih4/NuInsSeg",
    ),
    synthetic.NAME: Origin(
        "Synthetic slides, drawn by a program",
        "Apache-2.0",
        "Drawn by Dragonfly for pathology. Not tissue, not a patient.",
        "this project",
    ),
    kinds.NAME: _OURS,
    unknown.NAME: _OURS,
}
