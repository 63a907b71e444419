"""What others published on the same sets, each number with where it was read.

A number stands here only where its source was read; `note` says what makes it hard to
compare. `measure` names our nearest score as (mode, name), or None where ours differ.
"""

from dataclasses import dataclass

from dragonfly.evaluation.answered import STRICT
from dragonfly.evaluation.caption_measures import COCO, NLTK
from dragonfly.evaluation.medical_measures import LLAVA_MED
from dragonfly.evaluation.yes_no_measures import POPE

BLOG_V1 = "Together AI blog on Dragonfly v1, 2024-06-06"
V2 = "Dragonfly v2 abstract and README"
LLAVA_MED_TABLE = "LLaVA-Med repository, images/llava_med_vqa.png"
LLAVA3_MED_CARD = "model card akemiH/LLaVa3-Med (second-hand)"
HYPER_AI = "hyper.ai leaderboard"
MED_VQA_README = "Awenbocc/Med-VQA README"
_BLOG_NOTE = "metric code not stated by the source"

Measure = tuple[str, str] | None
_CLOSED: Measure = (STRICT, "closed accuracy")
_F1: Measure = (STRICT, "open token F1")
_COMPAT_CLOSED: Measure = (LLAVA_MED, "closed accuracy")
_COMPAT_RECALL: Measure = (LLAVA_MED, "open recall")
_REF_OPEN: Measure = (STRICT, "open exact match")


@dataclass(frozen=True)
class Published:
    """One number of one system on one benchmark (test split), in percent."""

    benchmark: str
    system: str
    metric: str
    value: float
    source: str
    measure: Measure = None
    note: str = ""


def _medical_blog() -> list[Published]:
    systems = ("LLaVA-Med", "Med-Gemini", "state of the art then", "Dragonfly-Med v1")
    rows: list[tuple[str, str, Measure, tuple[float | None, ...]]] = [
        ("vqa-rad", "closed accuracy", _CLOSED, (84.2, 69.7, 87.1, 77.4)),
        ("vqa-rad", "token F1", _F1, (None, 50.1, 62.1, 59.6)),
        ("slake", "closed accuracy", _CLOSED, (83.2, 84.8, 91.6, 90.4)),
        ("slake", "token F1", _F1, (None, 75.8, 89.3, 88.8)),
        ("path-vqa", "closed accuracy", _CLOSED, (91.7, 83.3, 91.7, 92.3)),
        ("path-vqa", "token F1", _F1, (None, 58.7, 62.7, 67.6)),
    ]
    return [
        Published(benchmark, system, metric, value, BLOG_V1, measure, _BLOG_NOTE)
        for benchmark, metric, measure, values in rows
        for system, value in zip(systems, values, strict=True)
        if value is not None
    ]


def _caption_blog() -> list[Published]:
    metrics: list[tuple[str, Measure]] = [
        ("ROUGE-L", (COCO, "ROUGE-L")),
        ("METEOR", (NLTK, "METEOR")),
        ("CIDEr", (COCO, "CIDEr-D")),
    ]
    systems = ("BiomedGPT", "state of the art then", "Dragonfly-Med v1")
    rows = {
        "iu-xray": ((28.5, 12.9, 40.1), (44.8, 24.2, 43.5), (28.5, 29.7, 58.8)),
        "peir-gross": ((36.0, 15.4, 122.7), (36.0, 15.4, 122.7), (40.3, 38.3, 179.9)),
        "roco": ((18.2, 7.8, 24.2), (18.2, 7.8, 24.2), (19.3, 15.1, 40.1)),
        "mimic-cxr": ((23.8, 14.2, 14.7), (33.5, 19.0, 50.9), (24.2, 22.6, 47.2)),
    }
    return [
        Published(benchmark, system, metric, value, BLOG_V1, measure, _BLOG_NOTE)
        for benchmark, table in rows.items()
        for system, values in zip(systems, table, strict=True)
        for (metric, measure), value in zip(metrics, values, strict=True)
    ]


def _llava_med_table() -> list[Published]:
    generative = {
        "LLaVA": ((50.00, 65.07), (78.18, 63.22), (7.74, 63.20)),
        "LLaVA-Med (from LLaVA)": ((61.52, 84.19), (83.08, 85.34), (37.95, 91.21)),
        "LLaVA-Med (from Vicuna)": ((64.39, 81.98), (84.71, 83.17), (38.87, 91.65)),
        "LLaVA-Med (BiomedCLIP)": ((64.75, 83.09), (87.11, 86.78), (39.60, 91.09)),
    }
    chosen = {
        "VL Encoder-Decoder": ((71.49, 82.47), None, (71.49, 85.61)),
        "Q2ATransformer": ((79.19, 81.20), None, (54.85, 88.85)),
        "Prefix T. Medical LM": (None, (84.30, 82.01), (40.00, 87.00)),
        "PubMedCLIP": ((60.10, 80.00), (78.40, 82.50), None),
        "BiomedCLIP": ((67.60, 79.80), (82.05, 89.70), None),
        "M2I2": ((66.50, 83.50), (74.70, 91.10), (36.30, 88.00)),
    }
    rows = [
        row
        for system, pairs in generative.items()
        for row in _open_closed(system, pairs, "open token recall", _COMPAT_RECALL, "")
    ]
    note = "picks from a list of answers"
    return rows + [
        row
        for system, choices in chosen.items()
        for row in _open_closed(system, choices, "open accuracy", _REF_OPEN, note)
    ]


def _open_closed(
    system: str,
    pairs: tuple[tuple[float, float] | None, ...],
    metric: str,
    measure: Measure,
    note: str,
) -> list[Published]:
    found = []
    sets = ("vqa-rad", "slake", "path-vqa")
    for benchmark, pair in zip(sets, pairs, strict=True):
        if pair is None:
            continue
        opens, closed = pair
        source = LLAVA_MED_TABLE
        found += [
            Published(benchmark, system, metric, opens, source, measure, note),
            Published(
                benchmark, system, "closed accuracy", closed, source, _COMPAT_CLOSED
            ),
        ]
    return found


def _general_blog() -> list[Published]:
    accuracy: Measure = (STRICT, "accuracy")
    sets: list[tuple[str, Measure]] = [
        ("ai2d", accuracy),
        ("scienceqa", accuracy),
        ("mm-vet", None),
        ("pope", (POPE, "F1")),
    ]
    rows: dict[str, tuple[float | None, ...]] = {
        "LLaVA-v1.5 Vicuna-7B": (54.8, 70.4, 30.5, 85.9),
        "LLaVA-v1.6 Mistral-7B": (60.8, 72.8, 44.8, 86.7),
        "Qwen-VL-chat": (52.3, 68.2, None, None),
        "Dragonfly v1": (63.6, 80.5, 35.9, 91.2),
    }
    return [
        Published(benchmark, system, "score", value, BLOG_V1, measure, _BLOG_NOTE)
        for system, values in rows.items()
        for (benchmark, measure), value in zip(sets, values, strict=True)
        if value is not None
    ]


_OTHERS = [
    Published("slake", "Dragonfly-Med v2", "accuracy", 91.6, V2, _CLOSED),
    Published("slake", "Med-Gemini", "accuracy", 84.8, V2, _CLOSED),
    Published("path-vqa", "Dragonfly-Med v2", "token F1", 67.1, V2, _F1),
    Published("path-vqa", "Med-PaLM M", "token F1", 62.7, V2, _F1),
    Published(
        "slake", "Med-PaLM M", "token F1", 89.3, f"{BLOG_V1}; {LLAVA3_MED_CARD}", _F1
    ),
    Published(
        "path-vqa",
        "Med-Gemini",
        "token F1",
        64.7,
        LLAVA3_MED_CARD,
        _F1,
        "another Med-Gemini paper than the blog's 58.7",
    ),
    Published(
        "slake",
        "Med-Gemini",
        "token F1",
        87.5,
        LLAVA3_MED_CARD,
        _F1,
        "another Med-Gemini paper than the blog's 75.8",
    ),
    Published(
        "iu-xray",
        "BiomedGPT",
        "CIDEr",
        36.0,
        HYPER_AI,
        (COCO, "CIDEr-D"),
        "disagrees with the blog's 40.1",
    ),
    Published(
        "peir-gross",
        "BiomedGPT",
        "ROUGE-L",
        30.2,
        HYPER_AI,
        (COCO, "ROUGE-L"),
        "disagrees with the blog's 36.0",
    ),
    Published(
        "vqa-rad",
        "Med-VQA (small CNN)",
        "accuracy",
        71.6,
        MED_VQA_README,
        (STRICT, "accuracy"),
    ),
    Published(
        "vqa-rad",
        "Med-VQA (small CNN)",
        "open accuracy",
        60.0,
        MED_VQA_README,
        _REF_OPEN,
    ),
    Published(
        "vqa-rad",
        "Med-VQA (small CNN)",
        "closed accuracy",
        79.3,
        MED_VQA_README,
        _CLOSED,
    ),
]

PUBLISHED: tuple[Published, ...] = (
    *_medical_blog(),
    *_llava_med_table(),
    *_caption_blog(),
    *_general_blog(),
    *_OTHERS,
)


def published_on(benchmark: str) -> list[Published]:
    """The numbers of others on this benchmark, in the order of the sources."""
    return [entry for entry in PUBLISHED if entry.benchmark == benchmark]
