"""Answers: checking one, and reading and writing files of them."""

from pmprb_desktop.answers.reading import MOST_BYTES, AnswersFile, read_file
from pmprb_desktop.answers.values import (
    NOT_APPLICABLE,
    AnswerDraft,
    normalise,
    normalise_number,
)
from pmprb_desktop.answers.writing import FORMAT, write_csv, write_json

__all__ = [
    "FORMAT",
    "MOST_BYTES",
    "NOT_APPLICABLE",
    "AnswerDraft",
    "AnswersFile",
    "normalise",
    "normalise_number",
    "read_file",
    "write_csv",
    "write_json",
]
