"""Relaxed accuracy of ChartQA (Masry et al., 2022; Methani et al., 2020).

Numbers may be 5 % off; "12%" reads as 0.12, as in the evaluation that papers share.
Everything else must be equal but for case. A target of 0 must be met exactly.
"""

TOLERANCE = 0.05


def _number(text: str) -> float | None:
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None


def relaxed_match(prediction: str, target: str) -> float:
    """1.0 where the numbers are within 5 % of the target, or the texts are equal."""
    said, wanted = _number(prediction.strip()), _number(target.strip())
    if said is not None and wanted:
        return float(abs(said - wanted) / abs(wanted) <= TOLERANCE)
    return float(prediction.strip().lower() == target.strip().lower())
