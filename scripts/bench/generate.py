"""What writing costs: `.venv/bin/python scripts/bench/generate.py`.

A token written greedily by a plain loop that reads everything anew, by one that keeps keys and values, and by
/api/generate with all that its lines tell, in turn, in one run, on one thread. Then beams of several widths over one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from fastapi.testclient import TestClient

from app import Settings, create_app
from model import zoo
from model.cache import Cache

ROUNDS = 5
TEXTS = {"decoder": "Once upon a time", "encoder-decoder": "他在看书，你明天会来学校吗？我看见一只狗在桌子下面。"}
WRITTEN = (8, 32, 128)  # tokens


class Loops:
    """Greedy writing with no more than it takes."""

    def __init__(self, id: str):
        model = zoo.load(id)
        tokens = model.tokens(TEXTS[id], None, [])
        self.transformer, self.begun = model.transformer, [token.id for token in tokens["target"]]
        with torch.no_grad():
            self.memory = self.transformer.encode(model.tensor(tokens["source"])) if "source" in tokens else None

    @torch.no_grad()
    def anew(self, n: int) -> list[int]:
        ids = [*self.begun]
        for _ in range(n):
            x = self.transformer.decode(torch.tensor(ids), self.memory)
            ids.append(int(self.transformer.unembed(x[-1]).argmax()))
        return ids[len(self.begun) :]

    def kept(self, n: int) -> list[int]:
        cache, new, ids = Cache(self.transformer, self.transformer.native_mask, self.memory), self.begun, list[int]()
        for _ in range(n):
            new = [int(cache.read(torch.tensor(new)).argmax())]
            ids += new
        return ids


def medians(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of each, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(times[1:]) for name, times in taken.items()}


def asked(client: TestClient, path: str, id: str, n: int, **fields: object) -> int:
    """How many lines came."""
    body = {"model": id, "text": TEXTS[id], "max_new_tokens": n, **fields}
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    return len(response.text.splitlines())


def main() -> None:
    torch.set_num_threads(1)
    with TestClient(create_app(Settings(device="cpu", threads=1)), base_url="http://localhost") as client:
        client.get("/api/models")
        for id in TEXTS:
            loops = Loops(id)
            for n in WRITTEN:
                n = min(n, asked(client, "/api/generate", id, n, temperature=0))  # it may come to an end
                assert loops.anew(n) == loops.kept(n)
                found = medians({
                    "anew": lambda loops=loops, n=n: loops.anew(n),
                    "kept": lambda loops=loops, n=n: loops.kept(n),
                    "greedy": lambda id=id, n=n: asked(client, "/api/generate", id, n, temperature=0),
                    "listed": lambda id=id, n=n: asked(
                        client, "/api/generate", id, n, temperature=0, top_p=0.9, listed=200
                    ),
                })  # fmt: skip
                anew, kept, greedy, listed = (found[name] / n for name in found)
                print(
                    f"{id}, {n} tokens: kept {kept / anew:.2f} of anew ({kept * 1e3:.1f} and {anew * 1e3:.1f} ms); "
                    f"/api/generate {greedy / anew:.2f} of anew, {greedy / kept:.2f} of kept; "
                    f"with top-p and 200 listed {listed / kept:.2f} of kept"
                )
            n = min(24, asked(client, "/api/generate", id, 24, temperature=0))
            found = medians({
                str(width): lambda id=id, n=n, width=width: asked(client, "/api/beams", id, n, width=width)
                for width in (1, 2, 4, 8)
            })  # fmt: skip
            print(f"{id}, {n} tokens: beams of one", *(f"{width}: {found[width] / found['1']:.2f}" for width in found))


if __name__ == "__main__":
    main()
