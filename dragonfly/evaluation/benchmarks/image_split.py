"""Splits by image: the same image always falls on the same side, on any machine."""

import hashlib

from dragonfly.evaluation.item import Split


def bucket(image: str) -> int:
    """0..99, from the SHA-256 of the image's name; independent of order and seed."""
    return int(hashlib.sha256(image.encode()).hexdigest(), 16) % 100


def split_of_train(image: str) -> Split:
    """Cut a published training set: 15 % of its images become validation."""
    return "validation" if bucket(image) < 15 else "train"


def split_of_all(image: str) -> Split:
    """Cut a whole set: validation as above, the next 20 % of the images are test."""
    if bucket(image) < 15:
        return "validation"
    return "test" if bucket(image) < 35 else "train"
