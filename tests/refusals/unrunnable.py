"""Requests of the right form that no model can run: unknown names, texts too short or too long."""

from refusals.requests import (
    CANARY,
    LONGEST,
    N_CTX,
    NUMBER,
    SITE,
    WORD,
    edited,
    gradients,
    importance,
    painted,
    searching,
    trace,
    weight,
    writing,
    zero,
)

from model import zoo

TOKENIZER = zoo.load("decoder").tokenizer
WORD_ID = TOKENIZER.id(WORD)

REFUSED = {
    "unknown-model": {
        "a name": trace(model=CANARY),
        "writing": writing(model=CANARY),
        "nothing": trace(model=""),
        "of gradients": gradients(models=["decoder", CANARY], text=CANARY),
        **{
            f"no path {number}": trace(model=name)
            for number, name in enumerate([
                "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%252e%252e%252f", "....//", "/etc/passwd", "C:\\x",
                "\\\\host\\share", "//host/x", "file:///etc/passwd", "http://169.254.169.254/", "weights/decoder",
                "decoder.safetensors", "./decoder", "decoder/", "decoder/../decoder", "../weights/decoder",
            ])
        },
        **{
            f"not quite a name {number}": trace(model=name)
            for number, name in enumerate([
                "decoder\0", "decoder\n", "decoder ", " decoder", "Decoder", "ＤＥＣＯＤＥＲ", "ｄｅｃｏｄｅｒ",
                "decoder\u0301", "decoder\u200b", "de\u0441oder", "decoder" * 1_000, "\ufeffdecoder",
            ])
        },
    },
    "unknown-word": {
        "by hand": trace(model="hand"),
        "one of several": trace(model="hand-one", text=f"I love {CANARY}"),
        "not of this language": writing(model="hand", text="我爱 fish"),
    },
    "not-editable": {"a weight of a trained model": weight()},
    "unknown-weight": {
        "no matrix": weight(model="hand", text="我", weight="decoder.blocks.0.attn.W_x"),
        "of another block": weight(model="hand", text="我", weight="decoder.blocks.1.attn.W_q"),
        "a norm": weight(model="hand", text="我", weight="decoder.blocks.0.norm_mlp"),
    },
    "unknown-entry": {
        "past the last row": weight(model="hand", text="我", row=4),
        "past the last column": weight(model="hand-one", text="我", column=4),
    },
    "empty-text": {
        "empty": trace(text=""),
        "spaces": trace(text=" " * LONGEST),
        "lines": trace(text="\n" * LONGEST),
        "tabs": trace(text="\t\r\n\v\f"),
        "wide spaces": trace(text="\u3000\u00a0\u2003\u2028\u2029"),
        "zero-width": trace(text="\u200b" * 5),
        "joiners and marks of direction": trace(text="\u200d\u202e\u2066\ufeff"),
        "writing": writing(text="\u200b "),
        "gradients": gradients(models=["decoder"]),
        "an encoder": trace(model="encoder", text=" "),
        "an encoder-decoder": trace(model="encoder-decoder", text=" ", target=CANARY),
    },
    "text-too-long": {
        "a character too many": trace(text="a" * (LONGEST + 1)),
        "of four bytes": trace(text="😀" * (LONGEST + 1)),
        "a target": trace(model="encoder-decoder", target="a" * (LONGEST + 1)),
        "writing": writing(text=CANARY * LONGEST),
        "gradients": gradients(text=CANARY * LONGEST),
        "writing on": writing(model="encoder-decoder", target=CANARY * LONGEST),
        "to an unknown model": trace(model=CANARY, text="a" * (LONGEST + 1)),
    },
    "too-many-tokens": {
        "one too many": trace(text=WORD * N_CTX),
        "the longest text": trace(text="A" * LONGEST),
        "an encoder": trace(model="encoder", text=WORD * (N_CTX - 1)),
        "a source": trace(model="encoder-decoder", text=WORD * N_CTX),
        "a target": trace(model="encoder-decoder", target=WORD * N_CTX),
        "writing": writing(text=WORD * N_CTX),
        "gradients": gradients(models=["lstm"], text=WORD * N_CTX),
        "written before": trace(written=[WORD_ID] * N_CTX),
        "written on": writing(text=WORD * (N_CTX - 2), written=[WORD_ID] * 2),
        "searching": searching(model="encoder-decoder", written=[WORD_ID] * N_CTX),
    },
    "unknown-token": {
        "just one too many": trace(written=[len(TOKENIZER)]),
        "among others": trace(written=[WORD_ID, NUMBER]),
        "writing": writing(written=[NUMBER]),
        "searching": searching(model="encoder-decoder", written=[NUMBER]),
        "in a swap": edited(swap=1, side="target", token=NUMBER),
        "of importance": importance(token=NUMBER),
    },
    "special-written": {
        **{
            f"{piece} in {model}": trace(model=model, written=[WORD_ID, TOKENIZER.id(piece)])
            for model, pieces in (
                ("decoder", ["<eos>", "<bos>", "<pad>", "<2en>"]), ("encoder-decoder", ["<eos>", "<sep>", "<2zh>"]),
            )
            for piece in pieces
        },
        "writing": writing(written=[TOKENIZER.id("<eos>")]),
        "searching": searching(written=[TOKENIZER.id("<mask>")]),
    },
    "unknown-name": {
        "a word": trace(names=[CANARY]),
        "one of two": trace(names=["logits", CANARY]),
        "capitals": trace(names=["LOGITS"]),
        "a site": trace(names=["decoder.blocks.0.attn"]),
        "another model's": trace(names=["encoder.blocks.0.attn.q"]),
        "a block too many": trace(names=["decoder.blocks.99.attn.q"]),
        "open brackets": trace(names=["[" * 200]),
        "a class backwards": trace(names=["[z-a]"]),
        "stars that match nothing": trace(names=["*a" * 99 + CANARY[:2]]),
        "a path": trace(names=["../../etc/passwd"]),
    },
    "unknown-head": {
        "one too many": trace(heads=[4]),
        "among others": trace(heads=[0, NUMBER], names=["*.pattern"]),
        **{f"of {kind}": edited(**{kind: SITE, "head": NUMBER}) for kind in ("zero", "mean", "uniform", "diagonal")},
        "of paint": edited(paint=SITE, head=4, cells=[]),
    },
    "unknown-checkpoint": {
        "a number": trace(checkpoint=NUMBER),
        "a name": trace(checkpoint=CANARY),
        "a path": trace(checkpoint="../../etc/passwd"),
    },
    "bad-mask": {
        "a cell after the last": painted(NUMBER, 0, True),
        "writing": writing(mask={"painted": [[0, NUMBER, True]]}),
        "a key after the last": painted(0, NUMBER, False),
        "just after the last": trace(text="a", mask={"painted": [[0, 2, True]]}),
        "of the source's length": trace(
            model="encoder-decoder", text=CANARY * 3, target="", mask={"painted": [[0, 1, True]]}
        ),
    },
    "unknown-site": {
        "no site": zero(CANARY),
        "a tensor, no site": zero("decoder.blocks.0.attn.z"),
        "another model's": zero("encoder.blocks.0.attn"),
        "a block too many": zero("decoder.blocks.99.attn"),
        "after a good one": trace(edits=[{"zero": SITE}, {"zero": CANARY}]),
        **{kind: edited(**{kind: CANARY}) for kind in ("mean", "uniform", "diagonal")},
        "paint": edited(paint=CANARY, cells=[[0, 0, True]]),
        "of importance": importance(edits=[{"mean": CANARY}]),
    },
    "unknown-cell": {
        "a query after the last": edited(paint=SITE, cells=[[NUMBER, 0, True]]),
        "a key after the last": edited(paint=SITE, cells=[[0, 0, True], [0, NUMBER, False]]),
        "of one head": edited(paint=SITE, head=1, cells=[[NUMBER, NUMBER, False]]),
    },
    "no-diagonal": {
        "cross-attention": trace(
            model="encoder-decoder", target="", edits=[{"diagonal": "decoder.blocks.0.cross_attn", "head": 0}]
        ),
    },
    "unknown-side": {
        "a source": edited(swap=1, side="source", token=300),
        "a target": trace(model="encoder", edits=[{"swap": 1, "side": "target", "token": 300}]),
    },
    "unknown-position": {
        "after the last": edited(swap=NUMBER, side="target", token=300),
        "of importance": importance(position=NUMBER),
        "queries after the last": trace(queries=[0, NUMBER]),
        "no queries": trace(queries=[1, 1]),
        "queries the wrong way round": trace(queries=[2, 1]),
    },
    "special-token": {
        "out": edited(swap=0, side="target", token=300),
        "in": edited(swap=1, side="target", token=2),
        "a mask in a decoder": edited(swap=1, side="target", token=3),
    },
    "needs-no-target": {
        "a decoder": trace(target=CANARY),
        "an encoder": trace(model="encoder", target=""),
        "writing": writing(target=CANARY),
        "searching": searching(target=CANARY),
    },
    "unsuited-model": {
        "an encoder": writing(model="encoder"),
        "written to an encoder": trace(model="encoder", written=[WORD_ID]),
        "nothing written to an encoder": trace(model="encoder", written=[]),
        "searching": searching(model="encoder"),
        "heads of an LSTM": gradients(measure="saturation", models=["lstm"], text=CANARY),
        "blocks of an LSTM": gradients(measure="depth", models=["decoder", "lstm"], text=CANARY),
        "norms that are not there": gradients(models=["hand"], text="I love", norm="post"),
    },
    "response-too-large": {
        "JSON": ("POST", "/api/trace", {
            "json": {"model": "decoder", "text": WORD * (N_CTX - 1)}, "headers": {"accept": "application/json"},
        }),
    },
}  # fmt: skip
