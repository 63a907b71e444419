"""Questions, answers and captions as the chat text that the model is trained on."""

import hashlib

from dragonfly.model.tokenizer import END_OF_TURN, chat_prompt

INSTRUCTIONS = (
    "Describe this image.",
    "What does this image show?",
    "Give a short description of what you see.",
    "Explain in detail what is visible here.",
    "Write a caption for this image.",
    "Summarise the content of this image.",
    "Which things can be seen in this image?",
    "Tell me what this picture is about.",
)
"""Asked before a caption that came without a question. The published list differs."""


def chat_of_answer(question: str, answer: str) -> str:
    """One question and its answer. Special tokens inside either are broken up."""
    plain = answer.replace("<|", "< |")
    return f"{chat_prompt(question)}{plain}{END_OF_TURN}"


def chat_of_caption(caption: str, choice: str) -> str:
    """A caption as the answer to one of a few instructions, chosen by `choice`."""
    digest = hashlib.sha256(choice.encode()).digest()
    return chat_of_answer(INSTRUCTIONS[digest[0] % len(INSTRUCTIONS)], caption)
