"""Whether a written step decides an answer: small stories, a question, and between them nothing, a true sentence or a
false one. The stories are of the form of bAbI's (Weston et al. 2015), which the decoder was trained on."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import groupby, permutations, product

import torch

from .. import zoo
from ..cache import Cache
from . import fact

PEOPLE = ("Mary", "John", "Sandra")
PLACES = ("kitchen", "garden", "office")
MODEL = "decoder"


@dataclass(frozen=True)
class Story:
    """Two people, each in a place, and who is asked about."""

    people: tuple[str, str]
    places: tuple[str, str]
    asked: int

    @property
    def answers(self) -> dict[str, str]:
        return {"right": self.places[self.asked], "other": self.places[1 - self.asked]}

    def text(self, step: str) -> str:
        """step: what is written between story and question, `none`, `right` or `wrong`"""
        who = self.people[self.asked]
        told = [f"{one} went to the {place}." for one, place in zip(self.people, self.places, strict=True)]
        answer = {"right": self.answers["right"], "wrong": self.answers["other"]}.get(step)
        written = [f"{who} is in the {answer}."] if answer else []
        return " ".join([*told, *written, f"Where is {who}? {who} is in the"])


STORIES = [Story(*one) for one in product(permutations(PEOPLE, 2), permutations(PLACES, 2), (0, 1))]


@functools.cache
@torch.no_grad()
def answers(step: str) -> tuple[str, ...]:
    """What the decoder says comes next after each story, the likeliest token of all."""
    model = zoo.load(MODEL)
    read = [[token.id for token in model.tokenizer.for_decoder(story.text(step))] for story in STORIES]
    said = dict[int, str]()
    for _, group in groupby(sorted(range(len(read)), key=lambda i: len(read[i])), key=lambda i: len(read[i])):
        same = [*group]  # as long as each other: one batch
        logits = Cache(model.transformer, model.transformer.native_mask).read(torch.tensor([read[i] for i in same]))
        said |= {i: model.tokenizer.piece(id).strip() for i, id in zip(same, logits.argmax(-1).tolist(), strict=True)}
    return tuple(said[i] for i in range(len(read)))


@fact
def story_share(step: str, answer: str) -> float:
    """In what share of the stories the likeliest token is the `right` place, or the `other` one that is named."""
    given = [story.answers[answer] for story in STORIES]
    return sum(one == due for one, due in zip(answers(step), given, strict=True)) / len(given)


@fact
def story_count() -> int:
    return len(STORIES)
