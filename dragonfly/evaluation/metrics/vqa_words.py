"""The word clean-up of the VQA evaluation (Antol et al., 2015), as its users run it.

TextVQA's evaluator, LLaVA-Med and Quilt-LLaVA share this code, with its slips: a
period is only kept before a digit, at most 32 periods are removed, and any comma
between two digits makes every punctuation mark vanish instead of becoming a space.
"""

import re

_ONCE = """
ain't aren't can't could've couldn't didn't doesn't don't hadn't hasn't haven't he'd
he's how'd how'll how's isn't it'd it'll ma'am mightn't might've mustn't must've needn't
not've o'clock oughtn't shan't should've shouldn't somebody'll somebody's someone'd
someone'll someone's something'd something'll that's there'd there're there's they'd
they'll they're they've 'twas wasn't we've weren't what'll what're what's what've when's
where'd where's where've who'd who'll who's who've why'll why're why's won't would've
wouldn't y'all you'd you'll you're you've couldn't've hadn't've he'd've it'd've
mightn't've she'd've shouldn't've somebody'd've someone'd've something'd've there'd've
they'd've we'd've who'd've wouldn't've y'all'll you'd've 'ow's'at y'all'd've
"""
PUNCTUATION = ';/[]"{}()=+\\_-><@`,?!'
_COUNTING = "zero one two three four five six seven eight nine ten"
NUMBERS = {word: str(value) for value, word in enumerate(_COUNTING.split())}
NUMBERS["none"] = "0"
ARTICLES = frozenset({"a", "an", "the"})
_DIGIT_COMMA = re.compile(r"\d,\d")
_PERIOD = re.compile(r"\.(?!\d)")
# The published code passes re.UNICODE, which is 32, where `count` is expected.
_MOST_PERIODS = 32


def _misspellings(word: str) -> list[str]:
    """The word without one of its apostrophes, for each of them."""
    places = [place for place, letter in enumerate(word) if letter == "'"]
    return [word[:place] + word[place + 1 :] for place in places]


CONTRACTIONS = {
    wrong: right for right in _ONCE.split() for wrong in _misspellings(right)
} | {"somebody'd": "somebodyd"}


def strip_punctuation(text: str) -> str:
    """Drop or space out punctuation, then drop periods that no digit follows."""
    commas = _DIGIT_COMMA.search(text) is not None
    cleaned = text
    for mark in PUNCTUATION:
        vanish = commas or f"{mark} " in text or f" {mark}" in text
        cleaned = cleaned.replace(mark, "" if vanish else " ")
    return _PERIOD.sub("", cleaned, count=_MOST_PERIODS)


def plain_words(text: str) -> str:
    """Lower case, number words as digits, no articles, contractions mended."""
    words = [NUMBERS.get(word, word) for word in text.lower().split()]
    kept = [word for word in words if word not in ARTICLES]
    return " ".join(CONTRACTIONS.get(word, word) for word in kept)
