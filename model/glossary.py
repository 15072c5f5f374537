"""The names of a trace: what each tensor's axes run over, how it is made from the others, what it means.

One table. It labels the axes, stands under the figures and lists the documentation; a test computes every formula
again from a real trace. A formula is written in the names beside it, innermost first: in
`decoder.blocks.0.attn.scores`, `q` is `decoder.blocks.0.attn.q`. Two names stand for a role: `x` is what a norm or an
attention's queries read, `memory` what its keys and values read (x itself in self-attention, the encoder's output in
cross-attention). `visible` is the mask; `rotate` does nothing where positions are not rotary, `last_norm` where a
model ends without a norm. `mean` is 0 where a norm does not take the mean away (RMSNorm), and `variance` then the mean
of squares. `W_q` and `W_k` end in a norm of each head where a real model has one, and `last_norm` is all that its code
does before the unembedding. `activation` is the model's own, `unembed` its embedding, or a matrix apart.

What only some models do to their scores stands in the formulas, and changes nothing in the others: `cap` is
c tanh(x / c) with the site's `softcap` c (Gemma 2), or x itself; `by_distance` is `relative_bias` at key - query (T5),
or 0; `sink` is e to the power of a score of the head's own, which no value belongs to (GPT-OSS), or 0. Where several
query heads read one key head, k and v stand for those that each reads. Where a norm stands between a sublayer and the
sum (Gemma 2), what is added is not `attn_out`, `cross_out` or `mlp_out` but `norm_attn_out.normalized`,
`norm_cross_out.normalized` or `norm_mlp_out.normalized`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Entry:
    dims: str  # one word an axis; "position", "query" and "key" stand for the tokens they run over
    formula: str  # "" for what is looked up
    en: str
    zh: str
    derived: bool = False  # made from stored tensors when asked for


GLOSSARY = {
    "embed": Entry(
        "position d_model", "embed[token]",
        "The vector that the model has for each token.", "模型给每个词元的向量。",
    ),
    "narrow_embed": Entry(
        "position d_embed", "",
        "The vector that the model has for each token, where that is narrower than the residual stream (ALBERT): a "
        "matrix makes the stream's width of it before the first block.",
        "模型给每个词元的向量，比残差流窄（如 ALBERT）：进入第一块之前，再由一个矩阵变成残差流的宽度。",
    ),
    "pos_embed": Entry(
        "position d_model", "pos_embed[position]",
        "The vector that the model has for each position, added to the token's.",
        "模型给每个位置的向量，加到词元的向量上。",
    ),
    "resid_pre": Entry(
        "position d_model", "",
        "The residual stream as it enters a block.", "进入这一块时的残差流。",
    ),
    "normalized": Entry(
        "position d_model", "(x - mean(x)) / sqrt(variance(x) + eps) * weight + bias",
        "The residual stream as a sublayer reads it, or what a sublayer made as it is added: each position scaled to "
        "mean 0 and variance 1 (RMSNorm: to a mean square of 1, the mean left as it is), then by weights of the "
        "model's own.",
        "子层读到的残差流，或加上之前的子层输出：每个位置先变成均值 0、方差 1（RMSNorm 不动均值，只让平方的均值为 1），"
        "再乘加模型自己的参数。",
    ),
    "q_unrotated": Entry(
        "head query d_head", "heads(W_q(x))",
        "The queries before their position is turned into them.", "旋转位置编码之前的查询。",
    ),
    "k_unrotated": Entry(
        "kv_head key d_head", "heads(W_k(memory))",
        "The keys before their position is turned into them.", "旋转位置编码之前的键。",
    ),
    "q": Entry(
        "head query d_head", "rotate(heads(W_q(x)))",
        "Query: what a token is looking for.", "查询：一个词元在找什么。",
    ),
    "k": Entry(
        "kv_head key d_head", "rotate(heads(W_k(memory)))",
        "Key: what a token offers to be found by.", "键：一个词元凭什么被找到。",
    ),
    "v": Entry(
        "kv_head key d_head", "heads(W_v(memory))",
        "Value: what a token hands over to those who look at it.", "值：一个词元交给看它的人什么。",
    ),
    "relative_bias": Entry(
        "head distance", "",
        "What a model adds to each score by how far the key stands from the query, from the farthest before to the "
        "farthest after.", "模型按键离查询多远加到每个注意力分数上的数，从最靠前的到最靠后的。",
    ),
    "pair_bias": Entry(
        "head query key", "",
        "What a model that reads pictures adds to each score, by where the two patches lie.",
        "读图片的模型按两个图块的位置加到每个注意力分数上的数。",
    ),
    "scores": Entry(
        "head query key", "cap(q @ k.mT * scale) + by_distance",
        "How well each query matches each key, before the mask: with the model's own scale, and with its cap and bias "
        "by distance where it has them.",
        "每个查询与每个键的匹配程度，掩码之前：已乘模型自己的缩放系数；有上限或按距离的偏置的，也算在内。",
        derived=True,
    ),
    "log_denominator": Entry(
        "head query", "log(sum(exp(scores), over=visible) + sink)",
        "The log of what each row of the softmax is divided by, a sink's term in it where the model has one; minus "
        "infinity where that is nothing.",
        "softmax 每一行分母的对数，模型有汇点的，也算在内；分母里什么都没有时为负无穷。",
    ),
    "pattern": Entry(
        "head query key", "where(visible, exp(scores - log_denominator), 0)",
        "Attention weights: how much of each key's value a query takes. A row sums to 1, to less where the model has a "
        "sink, to 0 where no key is visible.",
        "注意力权重：一个查询从每个键的值里取多少。每一行之和为 1；模型有汇点时不到 1，没有可见的键时为 0。",
        derived=True,
    ),
    "z": Entry(
        "head query d_head", "pattern @ v",
        "What a head brings to a token: the values, weighted and summed.", "一个头带给词元的东西：按权重相加的值。",
    ),
    "attn_out": Entry(
        "position d_model", "attn.W_o(concat(attn.z))",
        "What self-attention adds to the residual stream.", "自注意力加到残差流上的向量。",
    ),
    "cross_out": Entry(
        "position d_model", "cross_attn.W_o(concat(cross_attn.z))",
        "What cross-attention adds to the residual stream.", "交叉注意力加到残差流上的向量。",
    ),
    "resid_mid": Entry(
        "position d_model", "resid_pre + attn_out",
        "The residual stream after self-attention.", "自注意力之后的残差流。",
    ),
    "resid_cross": Entry(
        "position d_model", "resid_mid + cross_out",
        "The residual stream after cross-attention.", "交叉注意力之后的残差流。",
    ),
    "pre": Entry(
        "position d_mlp", "W_in(x)",
        "The hidden layer of the MLP before its activation.", "前馈网络隐藏层，激活之前。",
    ),
    "post": Entry(
        "position d_mlp", "activation(pre)",
        "The hidden layer of the MLP after its activation.", "前馈网络隐藏层，激活之后。",
    ),
    "mlp_out": Entry(
        "position d_model", "mlp.W_out(mlp.post)",
        "What the MLP adds to the residual stream.", "前馈网络加到残差流上的向量。",
    ),
    "resid_post": Entry(
        "position d_model", "x + mlp_out",
        "The residual stream as it leaves a block.", "离开这一块时的残差流。",
    ),
    "memory": Entry(
        "source d_model", "encoder.norm.normalized",
        "The encoder's output: what cross-attention reads.", "编码器的输出：交叉注意力读的就是它。",
    ),
    "logits": Entry(
        "position n_vocab", "x @ unembed.mT",
        "A score for every token of the vocabulary; its softmax is the prediction.",
        "词表中每个词元的得分；取 softmax 就是预测。",
    ),
    "next_probabilities": Entry(
        "n_vocab", "softmax(logits[-1])",
        "How probable each token of the vocabulary is after the last one.",
        "词表中每个词元紧接在最后一个词元之后的概率。",
        derived=True,
    ),
    "lens_ids": Entry(
        "block position rank", "likeliest(softmax(last_norm(resid_post) @ unembed.mT))",
        "Logit lens: the ten tokens that the residual stream after each block would predict, read through the final "
        "norm and the unembedding; after the last block they are the prediction.",
        "logit lens：每一块之后的残差流经过最后的归一化和反嵌入会预测的十个词元；最后一块之后的就是模型的预测。",
        derived=True,
    ),
    "lens_probabilities": Entry(
        "block position rank", "at(lens_ids, softmax(last_norm(resid_post) @ unembed.mT))",
        "Logit lens: how probable these tokens are.", "logit lens：这些词元的概率。",
        derived=True,
    ),
    "head_out_norm": Entry(
        "head query", "norm(z @ heads(W_o.weight).mT)",
        "The length of what a head adds to the residual stream, through its own columns of W_o. The bias of W_o "
        "belongs to no head.",
        "一个头经过 W_o 中属于它的那几列之后，加到残差流上的向量有多长。W_o 的偏置不属于任何头。",
        derived=True,
    ),
    "head_out_share": Entry(
        "head query",
        "dot(z @ heads(W_o.weight).mT, concat(z) @ W_o.weight.mT) / norm(concat(z) @ W_o.weight.mT) ** 2",
        "For how much of what all heads of a site add a head accounts. The shares add up to 1 and may be negative; NaN "
        "where nothing is added.",
        "一处注意力的所有头加到残差流上的东西里，一个头占多少。各头之和为 1，可以为负；什么都没加时为 NaN。",
        derived=True,
    ),
    "head_scores": Entry(
        "head kind", "",
        "How much of a head's attention falls where each kind of head would look: previous, next, same, first, "
        "duplicate, induction, separator, alignment, broad. NaN where this sentence cannot tell.",
        "一个头的注意力有多少落在各类头会看的地方：前一个、后一个、自己、首位、重复、归纳、分隔、对齐、分散。"
        "这句话看不出来的为 NaN。",
        derived=True,
    ),
    "head_chance": Entry(
        "head kind", "",
        "What a head that looks at all it sees alike would score in its place, by kind.",
        "处在每个头的位置上，若对看得见的都一视同仁，各类头的得分会是多少。",
        derived=True,
    ),
    "thumbnails": Entry(
        "head r c", "round(255 * sqrt(largest(pattern, patch)))",
        "The pattern made small: of each patch the square root of its largest weight, in 0..255.",
        "缩小的注意力图：每一小块里最大的权重，取平方根后用 0 到 255 表示。", derived=True,
    ),
}


def entry(name: str) -> Entry:
    """The entry of an address. Raises KeyError.

    >>> entry("decoder.blocks.0.attn.q").dims
    'head query d_head'
    """
    return GLOSSARY[name.rpartition(".")[2]]


@lru_cache(4096)  # every request asks it of every name of a model
def dims(name: str, kind: str = "decoder") -> tuple[str, ...]:
    """What each axis runs over. An encoder's positions are the source's, a decoder's the target's; a name outside both
    (`logits`) runs over what a model of this kind predicts:

    >>> dims("decoder.blocks.0.cross_attn.scores")
    ('head', 'target', 'source')
    >>> dims("encoder.blocks.0.attn.z")
    ('head', 'source', 'd_head')
    """
    outside = not name.startswith(("encoder.", "decoder."))
    own = "source" if name.startswith("encoder.") or (outside and kind == "encoder") else "target"
    read = "source" if ".cross_attn." in name else own
    tokens = {"position": own, "query": own, "key": read}
    return tuple(tokens.get(dim, dim) for dim in entry(name).dims.split())
