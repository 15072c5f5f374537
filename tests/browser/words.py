"""What a page says, without what is no language's: names, tokens, numbers and formulas."""

from __future__ import annotations

import re
import unicodedata

from playwright.sync_api import Page

SAID = """(part) => {
  const said = new Set(), add = (text) => text && text.trim() && said.add(text.replace(/\\s+/g, " ").trim());
  const skipped = "bdi, script, math, .strip b, .xtick, .ytick, .heatmaplayer, option[lang], textarea, .formula b";
  const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest(skipped) && parent.checkVisibility({visibilityProperty: true})) add(walk.currentNode.data);
  }
  for (const node of part.querySelectorAll("[aria-label], [title], [placeholder]")) {
    if (node.closest("bdi, .strip, .tokens, .swap-menu > summary")) continue;
    for (const name of ["aria-label", "title", "placeholder"]) add(node.getAttribute(name));
  }
  if (part === document.body) add(document.title);
  return [...said];
}"""
# Names, and what is written alike in both languages.
NAMES = (
    r"Headlight|API|English|Transformer|GPT|BERT|T5|UniLM|GLM|CPU|softmax|RMSNorm|W_O|W_o|W_Q|W_K|W_V|float32|attn_out|"
    "cross_out|Kobayashi|"
    "[ABCEKOPQVWXeqkvz]"
)
ADDRESS = r"(en|de)coder\.blocks\.\d+\.\w+(\.\w+)?(\[[\d, ]+\])?|\w+\[[\d, ]+\]"


def sentences(page: Page, part: str = "body") -> set[str]:
    """All that a part of the page says, but for tokens, numbers, formulas and addresses in a trace."""
    return {text for text in page.locator(part).evaluate(SAID) if own(text)}


def own(text: str) -> str:
    """The letters of a sentence that are not of a name, a special token or an address."""
    rest = re.sub(rf"⟨\w+⟩|\b({NAMES})\b|\b({ADDRESS})", "", text, flags=re.ASCII)  # ASCII: Chinese ends a word, too
    return "".join(character for character in rest if unicodedata.category(character)[0] == "L")
