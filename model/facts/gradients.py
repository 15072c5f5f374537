"""What the lesson on gradients says beside its figures, measured as the figures measure."""

from __future__ import annotations

import functools
from dataclasses import asdict

from .. import gradients, reached, saturation, zoo
from ..fresh import Fresh
from . import fact

NETWORKS = {"rnn": Fresh("rnn", 32, 1), "lstm": Fresh("lstm", 32, 1), "transformer": Fresh("transformer", 32, 2)}
VARIANTS = {  # as the figure by depth calls them
    "pre": ("pre", True), "post": ("post", True), "residual": ("none", True), "norm": ("post", False),
    "neither": ("none", False),
}  # fmt: skip
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def powers(x: float, digits: int) -> str:
    """So many significant digits, of what is very small or large times a power of ten.

    >>> powers(0.012345, 2), powers(1.7e-22, 2)
    ('0.012', '1.7·10⁻²²')
    """
    mantissa, power = f"{x:.{digits - 1}e}".split("e")
    if -4 < int(power) < 4:
        return f"{float(f'{mantissa}e{power}'):.{max(0, digits - 1 - int(power))}f}"
    return f"{mantissa}·10{str(int(power)).translate(RAISED)}"


@functools.cache
def distances(network: str, forget_bias: float) -> list[float]:
    fresh = Fresh(**{**asdict(NETWORKS[network]), "forget_bias": forget_bias})
    (found,) = (step for step in gradients.by_distance([fresh], 64, seeds=5) if isinstance(step, gradients.Distances))
    return found.gradient.median


@fact
def gradient_at(network: str, distance: str, forget_bias: str = "0", per: str = "", places: str = "2") -> str:
    """Of a random `rnn`, `lstm` or `transformer`, so many positions before the last of 64; `per`: as a share of that at
    another distance."""
    norms = distances(network, float(forget_bias))
    return powers(norms[int(distance)] / (norms[int(per)] if per else 1), int(places))


@functools.cache
def depths(variant: str, blocks: int, start: str) -> gradients.Depths:
    norm, residual = VARIANTS[variant]
    fresh = Fresh("transformer", 64, blocks, norm, residual, start)  # type: ignore[arg-type]
    (found,) = (step for step in gradients.by_depth([fresh], 16, seeds=3) if isinstance(step, gradients.Depths))
    return found


@fact
def gradient_by_depth(
    variant: str, blocks: str, what: str = "relative", start: str = "torch", places: str = "2"
) -> str:
    """Of a random Transformer, its weights as `start` begins: the gradient at its first block, `relative` to that of
    the last; of the last MLP's `matrix`; how unlike the tokens are at the end, `diversity`, or how alike, `cosine`."""
    found = depths(variant, int(blocks), start)
    numbers = {
        "relative": found.relative.median[0], "matrix": found.last_matrix.median[0],
        "diversity": found.diversity.median[-1], "cosine": 1 - found.diversity.median[-1],
    }  # fmt: skip
    return powers(numbers[what], int(places))


@functools.cache
def random(d_head: int) -> saturation.Random:
    (found,) = saturation.random([d_head])
    return found


@fact
def saturated(what: str, d_head: str, scaled: str) -> float:
    """Of random queries with 16 random keys: `std`, `largest`, `entropy` or `jacobian`; scaled: yes or no."""
    found = random(int(d_head))
    return float(getattr(found.scaled if scaled == "yes" else found.unscaled, what))


@functools.cache
def of_sentence(network: str, text: str) -> reached.Distances:
    decoder = zoo.load("decoder")
    made = decoder.transformer if network == "decoder" else zoo.load_other(network)
    return reached.by_distance(made, decoder.tokens(text), decoder.tokenizer.piece)


@fact
def gradient_of_sentence(network: str, text: str, at: str, what: str = "gradient", places: str = "2") -> str:
    """Of the trained `decoder` or `lstm`: at the `first` word or the `last` token of the sentence; or the `token`."""
    tokens = [one for one in of_sentence(network, text).tokens if one.distance is not None]
    one = tokens[1] if at == "first" else tokens[-1]  # <bos> stands before the first
    return {"gradient": powers(one.gradient, int(places)), "token": one.text.strip(), "distance": str(one.distance)}[
        what
    ]


@fact
def own_derivative(weights: str) -> list[list[float]]:
    """How much a softmax's weight moves with its own score: p, 1 - p and their product, a row each."""
    p = [float(word) for word in weights.split()]
    return [p, [1 - one for one in p], [one * (1 - one) for one in p]]
