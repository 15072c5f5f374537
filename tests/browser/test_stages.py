"""Every stage of a forward pass shows the model's own numbers."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from browser.bench import ENGLISH, label, trace
from browser.player import ATTENTION, BLOCK, CROSS, MLP, ROW, Player, first
from playwright.sync_api import Page, expect

from model import zoo
from model.trace import Trace

Vectors = dict[str, torch.Tensor]  # of one token, by their titles


def vectors(t: Trace, block: str, site: str, head: int, query: int, key: int) -> Iterator[tuple[str, Vectors]]:
    """What every stage of an attention shows at a query and a key, from Python's own trace."""
    crosses = site.endswith("cross_attn")
    norm, out, before, after = (
        ("norm_cross", "cross_out", "resid_mid", "resid_cross") if crosses
        else ("norm_attn", "attn_out", "resid_pre", "resid_mid")
    )
    at = {name: t[f"{site}.{name}"][head] for name in ("q", "k", "v", "z")}
    raw = "" if crosses else "_unrotated"
    yield "norm", {"x": t[f"{block}.{before}"][query], "y": t[f"{block}.{norm}.normalized"][query]}
    yield "Q K V", {
        "q": t[f"{site}.q{raw}"][head, query], "k": t[f"{site}.k{raw}"][head, key], "v": at["v"][key],
    }
    if not crosses:
        yield "rotation", {
            "q_unrotated": t[f"{site}.q_unrotated"][head, query], "q": at["q"][query],
            "k_unrotated": t[f"{site}.k_unrotated"][head, key], "k": at["k"][key],
        }
    for name in ROW[:-1]:
        yield name, {}
    yield "weighted sum", {"v": at["v"][key], "z": at["z"][query]}
    yield "concat, W_O", {"z": t[f"{site}.z"][:, query].flatten(), "W_O(z)": t[f"{block}.{out}"][query]}
    yield "add", added(t, block, before, out, after, query)


def hidden(t: Trace, block: str, query: int) -> Iterator[tuple[str, Vectors]]:
    """The same of the MLP."""
    before = "resid_cross" if f"{block}.resid_cross" in t.tensors else "resid_mid"
    yield "norm", {"x": t[f"{block}.{before}"][query], "y": t[f"{block}.norm_mlp.normalized"][query]}
    names = {"pre": "mlp.pre", "post": "mlp.post", "out": "mlp_out"}
    yield "MLP", {title: t[f"{block}.{name}"][query] for title, name in names.items()}
    yield "add", added(t, block, before, "mlp_out", "resid_post", query)


def added(t: Trace, block: str, before: str, out: str, after: str, query: int) -> Vectors:
    return {title: t[f"{block}.{name}"][query] for title, name in {"x": before, "+": out, "x′": after}.items()}


def shows(player: Player, name: str, due: Vectors) -> None:
    player.at(name)
    if due:
        shown = player.numbers()
        assert list(shown) == list(due)
        for title, values in due.items():
            assert torch.tensor(shown[title]).equal(values), title  # all digits: the same float32
    assert all(difference < 1e-4 for difference in player.checked())


def shows_row(player: Player, t: Trace, name: str, site: str, head: int, query: int) -> None:
    q, k = t[f"{site}.q"][head, query].double(), t[f"{site}.k"][head].double()
    product = k @ q
    score = product * t.site(site).scale
    masked = score.masked_fill(~t.visible(site)[query], -torch.inf)
    columns = {"q · k": product, "× scale": score, "after mask": masked, "weight": masked.softmax(-1)}
    due = list(columns)[: ROW.index(name) + 1][-3:]
    shown = player.row()
    assert list(shown) == due
    for title in due:
        assert torch.tensor(shown[title], dtype=torch.float64).allclose(columns[title], rtol=1e-9, atol=1e-12), title


def walk(player: Player, t: Trace, block: str, sites: list[str], head: int, query: int, keys: list[int]) -> list[str]:
    """From the first stage of a block to its last, with the keyboard."""
    player.panel.get_by_role("button", name="all digits").click()
    player.stage.focus()
    seen = []
    stages = []
    for site, key in zip(sites, keys, strict=True):
        stages += [(site, *one) for one in vectors(t, block, site, head, query, key)]
    stages += [(sites[-1], *one) for one in hidden(t, block, query)]
    for i, (site, name, due) in enumerate(stages):
        shows(player, name, due)
        if name in ROW:
            shows_row(player, t, name, site, head, query)
        seen.append(name)
        if i < len(stages) - 1:
            player.stage.press("ArrowRight")
    return seen


def test_every_stage_of_a_decoders_block_shows_the_models_own_numbers(player: Player) -> None:
    t = trace("decoder", ENGLISH)
    player.open(first("decoder", 1), head=2, query=8, key=3)
    seen = walk(player, t, BLOCK, [f"{BLOCK}.attn"], 2, 8, [3])
    assert seen == ATTENTION + MLP


def test_every_stage_of_an_encoder_decoders_block_shows_the_models_own_numbers(player: Player) -> None:
    t = trace("encoder-decoder", *CROSS)
    player.open(first("encoder-decoder", 1), *CROSS, model="encoder-decoder", head=3, query=2, key=1)
    seen = walk(player, t, BLOCK, [f"{BLOCK}.attn", f"{BLOCK}.cross_attn"], 3, 2, [1, 1])
    assert seen == ATTENTION + [name for name in ATTENTION if name != "rotation"] + MLP


def test_an_encoders_block_reads_the_source(player: Player) -> None:
    t = trace("encoder-decoder", *CROSS)
    player.open(first("encoder-decoder", 0, "encoder"), *CROSS, model="encoder-decoder", head=1, query=2, key=1)
    walk(player, t, "encoder.blocks.0", ["encoder.blocks.0.attn"], 1, 2, [1])


def test_queries_of_the_bridge_are_the_targets_and_its_keys_the_sources(player: Player, page: Page) -> None:
    t = trace("encoder-decoder", *CROSS)
    player.open(first("encoder-decoder", 0) + len(ATTENTION) + 1, *CROSS, model="encoder-decoder")
    player.at("Q K V")
    expect(player.panel.locator("aside > .meaning")).to_contain_text("This is the bridge")
    labels = [figure.locator(".labels bdi").all_text_contents() for figure in player.figure.locator("figure").all()]
    target, source = ([label(token) for token in t.tokens[side]] for side in ("target", "source"))
    assert labels == [target, source, source]


def test_the_beginning_and_the_end(player: Player, page: Page) -> None:
    t, model = trace("decoder", ENGLISH), zoo.load("decoder")
    tokens = t.tokens["target"]
    player.open(0, query=6)
    table = player.figure.locator("tbody tr")
    assert table.locator("td:nth-child(3)").all_text_contents() == [str(token.id) for token in tokens]
    assert table.locator("bdi").all_text_contents() == [label(token) for token in tokens]
    player.panel.page.locator(".step-strip [aria-current]").press("ArrowRight")
    player.at("embedding")
    player.panel.get_by_role("button", name="all digits").click()
    assert torch.tensor(player.numbers()["x"]).equal(t["decoder.embed"][6])
    player.stage.press("ArrowRight")
    player.at("position")
    expect(player.panel.locator("aside > .meaning")).to_contain_text("Nothing is added for the position in this model")
    assert torch.tensor(player.numbers()["q"]).equal(t["decoder.blocks.0.attn.q"][0, 6])
    player.stage.press("End")
    player.at("logits")
    for i, likeliest in enumerate(model.predictions(t)):
        shown = table.nth(i).locator("td.share").inner_text()
        assert abs(float(shown.split()[-2]) - 100 * likeliest[0]["probability"]) <= 0.1
    player.stage.press("ArrowLeft")
    player.at("final norm")
    assert torch.tensor(player.numbers()["y"]).equal(t["decoder.norm.normalized"][6])


def test_the_encoders_output_is_the_memory(player: Player) -> None:
    t = trace("encoder-decoder", *CROSS)
    player.open(first("encoder-decoder", 0) - 4, *CROSS, model="encoder-decoder", query=1)
    player.at("final norm")
    player.panel.get_by_role("button", name="all digits").click()
    assert torch.tensor(player.numbers()["y"]).equal(t["memory"][1])


def test_another_sentence_keeps_the_stage(player: Player) -> None:
    player.open(first("decoder", 1) + 7, head=2)
    player.bench.run("We drink tea.")
    player.at("weighted sum")
    t = trace("decoder", "We drink tea.")
    player.panel.get_by_role("button", name="all digits").click()
    assert torch.tensor(player.numbers()["z"]).equal(t[f"{BLOCK}.attn.z"][2, len(t.tokens["target"]) - 1])


def test_a_checkpoint_of_the_training_shows_its_own_numbers(player: Player, page: Page) -> None:
    step = zoo.load("decoder").checkpoints[2]
    player.open(first("decoder", 1) + 11, query=6, checkpoint=step)
    player.at("MLP")
    player.panel.get_by_role("button", name="all digits").click()
    t = zoo.load("decoder").trace(ENGLISH, checkpoint=step)
    assert torch.tensor(player.numbers()["post"]).equal(t[f"{BLOCK}.mlp.post"][6])
