import pytest
import torch
from training import DATA, KINDS, TOKENIZER, one_thread, tiny  # noqa: F401

from model import heads
from model.heads import KINDS as LOOKS
from model.trace import Tap, Trace
from model.training.roles import UNIT, pairs, repeats, roles

KIND = list(LOOKS)


def pronounced(kind: str):
    """A tiny run whose heads look somewhere, not at everything alike."""
    run = tiny(kind, 1)
    with torch.no_grad():
        for name, parameter in run.model.named_parameters():
            if ".W_q." in name or ".W_k." in name:
                parameter.mul_(30)
    run.model.eval()
    return run


def traced(model, row: dict) -> Trace:
    trace = Trace(sites=model.sites(), tokens={side: TOKENIZER.tokens(ids) for side, ids in row.items()})
    with torch.no_grad():
        model(**{side: torch.tensor(ids) for side, ids in row.items()}, tap=Tap(trace.record))
    return trace


@pytest.mark.parametrize("kind", KINDS)
def test_the_roles_are_means_over_all_queries_of_all_rows(kind):
    run = pronounced(kind)
    rows = [*run.task.held_out(3), *run.task.held_out(1)]
    if kind == "decoder":
        rows.append({"target": [300, 400, 300, 400, 300, 400]})  # nothing else repeats a token often
    found = roles(run.model, TOKENIZER, rows)
    assert found.sites == [site.name for site in run.model.sites()]
    for i, site in enumerate(found.sites):
        told = [heads.scores(traced(run.model, row), site) for row in rows]
        for k in range(len(KIND)):
            n = [int(scores.n_queries[0, k]) for scores in told]
            weighted = sum(scores.heads[:, k].nan_to_num() * many for scores, many in zip(told, n, strict=True))
            chance = sum(scores.chance[0, k].nan_to_num() * many for scores, many in zip(told, n, strict=True))
            if sum(n):
                assert torch.allclose(found.heads[i, :, k], weighted / sum(n), atol=1e-6)
                assert torch.allclose(found.chance[i, k], chance / sum(n), atol=1e-6)
            else:
                assert bool(found.heads[i, :, k].isnan().all())
                assert bool(found.chance[i, k].isnan())


def test_a_row_with_more_to_ask_weighs_more():
    run = pronounced("decoder")
    short, long = {"target": [300, 400, 500]}, {"target": list(range(600, 640))}
    site, k = run.model.sites()[0].name, KIND.index("previous")
    alone = [float(heads.scores(traced(run.model, row), site).heads[0, k]) for row in (short, long)]
    together = float(roles(run.model, TOKENIZER, [short, long]).heads[0, 0, k])
    assert together == pytest.approx((2 * alone[0] + 39 * alone[1]) / 41, abs=1e-6)
    assert together != pytest.approx(sum(alone) / 2, abs=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_heads_that_look_at_everything_alike_are_measured_at_chance(kind):
    run = tiny(kind, 1)
    run.model.eval()
    with torch.no_grad():
        for name, parameter in run.model.named_parameters():
            if ".W_q." in name:
                parameter.zero_()  # then every visible key weighs the same
    found = roles(run.model, TOKENIZER, run.task.held_out(3))
    for name in ("first", "separator", "previous"):
        assert bool(found.heads[0, :, KIND.index(name)].isfinite().all())
    assert torch.allclose(found.heads, found.chance[:, None].expand_as(found.heads), atol=1e-6, equal_nan=True)


def test_the_repeats_are_two_copies_after_a_first_token():
    rows = [row["target"] for row in repeats(tiny("decoder", 1).task, 5)]
    assert len(rows) == 5
    for row in rows:
        assert row[0] == TOKENIZER.id("<bos>")
        assert row[1 + UNIT :] == row[1:UNIT]  # the very last token is only asked for
    assert len({tuple(row) for row in rows}) == 5
    assert rows == [row["target"] for row in repeats(tiny("decoder", 1).task, 5)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_query_is_what_tells_the_word_and_its_key_the_translation(kind):
    run = tiny(kind, 1)
    by_direction = pairs(run.task, TOKENIZER)
    assert list(by_direction) == ["en-zh", "zh-en"]
    sure = run.task.material.lexicon
    assert (TOKENIZER.ids([" cat"])[0][0], TOKENIZER.ids(["猫"])[0][0]) in sure
    for direction, rows in by_direction.items():
        n_links = 0
        for row, (english, chinese) in zip(rows, linked_pairs(sure), strict=True):
            source, target = (english, chinese) if direction == "en-zh" else (chinese, english)
            assert row.inputs == framed(kind, source, target)
            for query, key in row.links:
                shown = row.inputs["source" if kind == "encoder" else "target"]
                word = shown[query] if kind == "encoder" else shown[query + 1]
                translated = row.inputs["target" if kind == "decoder" else "source"][key]
                assert ((translated, word) if direction == "en-zh" else (word, translated)) in sure
                assert word in target
                assert translated in source
                n_links += 1
        assert n_links == sum(len(links) for links in map(by_hand(sure), linked_pairs(sure)))


def by_hand(sure: set):
    """How many words of a pair translate each other, where none is repeated."""
    return lambda pair: [(a, b) for a in pair[0] for b in pair[1] if (a, b) in sure and both_once(pair, a, b)]


def both_once(pair: tuple, a: int, b: int) -> bool:
    return pair[0].count(a) == pair[1].count(b) == 1


def linked_pairs(sure: set) -> list[tuple[list[int], list[int]]]:
    encoded = [tuple(TOKENIZER.ids(pair)) for pair in DATA.valid.pairs]
    return [pair for pair in encoded if by_hand(sure)(pair)]


def framed(kind: str, source: list[int], target: list[int]) -> dict[str, list[int]]:
    id = TOKENIZER.id
    if kind == "encoder":
        return {"source": [id("<cls>"), *source, id("<sep>"), *target, id("<sep>")]}
    if kind == "decoder":
        return {"target": [id("<bos>"), *source, id("<sep>"), *target]}
    to = "<2en>" if source[0] == TOKENIZER.ids(["我"])[0][0] else "<2zh>"
    return {"source": [*source, id("<eos>")], "target": [id(to), *target]}


def test_no_more_pairs_are_taken_than_asked_for_of_each_direction():
    task = tiny("encoder-decoder", 1).task
    some, every = pairs(task, TOKENIZER, 2), pairs(task, TOKENIZER)
    for direction in ("en-zh", "zh-en"):
        assert some[direction] == every[direction][:2]
        assert len(every[direction]) > 2


def test_a_run_is_measured_on_what_is_held_out():
    shown = {kind: tiny(kind, 1).task.held_out(3) for kind in KINDS}
    ids = [TOKENIZER.ids(pair) for pair in DATA.valid.pairs]
    assert shown["decoder"] == [{"target": [TOKENIZER.id("<bos>"), *english]} for english, _ in ids]
    assert shown["encoder-decoder"][0]["target"] == [TOKENIZER.id("<2zh>"), *ids[0][1]]
    assert shown["encoder"][0]["source"][1:-1] == ids[0][0]
