"""The question-only prior: how far one gets without looking at the image.

A TF-IDF of the question's words with a logistic regression on the answers of the
training split. A model that does not beat it has not used the picture. Where all
questions are the same (captions), it is the commonest training answer.
"""

import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence

from dragonfly.evaluation.item import Item
from dragonfly.evaluation.library import need
from dragonfly.evaluation.metrics.strict import normalise

_MOST_TRAIN = 20_000
_MOST_CLASSES = 400


def _label(item: Item) -> str:
    return normalise(item.answers[0]) or item.answers[0]


def _common(train: Sequence[Item]) -> list[Item]:
    """Items of the commonest answers: rarer ones are never the best guess."""
    counts = Counter(_label(item) for item in train)
    known = {label for label, _ in counts.most_common(_MOST_CLASSES)}
    return [item for item in train if _label(item) in known]


def _wordings(train: Sequence[Item]) -> dict[str, str]:
    """How each label is most often written."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for item in train:
        written[_label(item)][item.answers[0]] += 1
    return {label: counts.most_common(1)[0][0] for label, counts in written.items()}


def prior_predictions(train: Sequence[Item], items: Sequence[Item]) -> dict[str, str]:
    """An answer for every item from its question alone; `train` must not be empty."""
    seen = _common(train[:: max(1, len(train) // _MOST_TRAIN)])
    wording = _wordings(seen)
    pairs = Counter((item.question, _label(item)) for item in seen)
    if len({question for question, _ in pairs}) == 1 or len(wording) == 1:
        commonest = wording[Counter(map(_label, seen)).most_common(1)[0][0]]
        return {item.id: commonest for item in items}
    said = _fit_and_answer(pairs, [item.question for item in items])
    return {item.id: wording[label] for item, label in zip(items, said, strict=True)}


def _fit_and_answer(
    pairs: Counter[tuple[str, str]], questions: Sequence[str]
) -> list[str]:
    """Fit on (question, label) pairs weighted by how often they occur."""
    text = need("sklearn.feature_extraction.text")
    linear = need("sklearn.linear_model")
    vectors = text.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    vectors.fit([question for question, _ in pairs.elements()])
    known = vectors.transform([question for question, _ in pairs])
    model = linear.LogisticRegression(C=10.0, tol=1e-4, max_iter=2000)
    labels = [label for _, label in pairs]
    with warnings.catch_warnings():
        # Repeated pairs are weights here, so it takes many labels for a regression.
        warnings.filterwarnings("ignore", message="The number of unique classes")
        model.fit(known, labels, sample_weight=[*pairs.values()])
    return [str(label) for label in model.predict(vectors.transform(questions))]
