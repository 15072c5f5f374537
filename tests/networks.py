"""Transformers small enough to compute with, and what they read."""

import torch

from model.transformer import Config, Transformer

SHAPE = {"n_vocab": 30, "n_ctx": 32, "d_model": 24, "n_heads": 3, "n_layers": 3, "d_mlp": 40}


def build(kind: str, positions: str = "learned", dtype=torch.float64, **options) -> Transformer:
    """Not as it is initialised: large enough weights that every head has something to say."""
    torch.manual_seed(1)
    model = Transformer(Config(kind=kind, positions=positions, **SHAPE, **options)).to(dtype).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return model


def inputs(kind: str, n: int = 9) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(n)
    source, target = torch.randint(30, (n,), generator=generator), torch.randint(30, (n + 2,), generator=generator)
    return {"encoder": {"source": source}, "decoder": {"target": target}}.get(
        kind, {"source": source, "target": target}
    )
