import assert from "node:assert/strict";
import test from "node:test";
import {escaped} from "../../static/js/markup.js";

test("what markup is made of stands as itself, between tags and in quotation marks", () => {
  assert.equal(escaped('<b a="1">&amp; 猫'), "&lt;b a=&quot;1&quot;&gt;&amp;amp; 猫");
});
