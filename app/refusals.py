"""What the server refuses, as application/problem+json (RFC 9457), in the visitor's language.

One table holds every refusal. A detail says what to do and repeats nothing of what was sent but what was counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse, Response

from .i18n import N_, language, translate


@dataclass(frozen=True)
class Kind:
    status: int
    title: str
    detail: str


KINDS = {
    "malformed-json": Kind(400, N_("Not JSON"), N_("The body is not valid JSON in UTF-8. Check it and send it again.")),
    "foreign-host": Kind(
        400,
        N_("Unknown host"),
        N_("This server is not known by the name you used. Use its own address, or add the name to HEADLIGHT_HOSTS."),
    ),
    "foreign-origin": Kind(
        403, N_("Another site"), N_("Another site's page may not use this server. Open its own page.")
    ),
    "not-found": Kind(404, N_("Not found"), N_("There is nothing at this address. The API is described at /docs.")),
    "unknown-model": Kind(404, N_("Unknown model"), N_("There is no such model. Choose one from /api/models.")),
    "method-not-allowed": Kind(405, N_("Wrong method"), N_("This address takes another method. See /docs.")),
    "slow-body": Kind(408, N_("Too slow"), N_("The request did not arrive within {limit} seconds. Send it again.")),
    "body-too-large": Kind(
        413, N_("Request too large"), N_("A request may have {limit} bytes at most. Shorten the text or ask for less.")
    ),
    "unsupported-type": Kind(
        415, N_("Not sent as JSON"), N_("Send the body as JSON, with the header Content-Type: application/json.")
    ),
    "unsupported-encoding": Kind(415, N_("Compressed body"), N_("Send the body as it is, without Content-Encoding.")),
    "empty-text": Kind(422, N_("Nothing to read"), N_("Type at least one visible character.")),
    "text-too-long": Kind(
        422, N_("Text too long"), N_("The text has {actual} characters; {limit} is the most. Shorten it.")
    ),
    "too-many-tokens": Kind(
        422,
        N_("Too many tokens"),
        N_("That makes {actual} tokens; this model reads {limit} at most. Shorten the text."),
    ),
    "invalid-unicode": Kind(
        422, N_("Not valid Unicode"), N_("The text contains half a character (a lone surrogate). Type it anew.")
    ),
    "not-finite": Kind(
        422, N_("Not a number"), N_("NaN and infinite numbers are not accepted. Send ordinary numbers.")
    ),
    "unknown-field": Kind(422, N_("Unknown field"), N_("The request has a field that is not known here. See /docs.")),
    "missing-field": Kind(422, N_("Missing field"), N_("The field {field} is missing. Add it.")),
    "invalid-field": Kind(
        422, N_("Invalid value"), N_("The field {field} does not have a value of the right kind. See /docs.")
    ),
    "out-of-range": Kind(422, N_("Out of range"), N_("The field {field} is out of its range. See /docs.")),
    "unknown-name": Kind(
        422, N_("Unknown name"), N_("At least one of the names matches no tensor of this model. See /api/glossary.")
    ),
    "unknown-head": Kind(422, N_("Unknown head"), N_("Heads are numbered from 0 to {limit}. Choose among them.")),
    "unknown-checkpoint": Kind(
        422, N_("Unknown checkpoint"), N_("The model has no such checkpoint. Choose one that /api/models lists.")
    ),
    "bad-mask": Kind(
        422, N_("Not a mask"), N_("The mask does not fit this model or this text. See /docs for the masks.")
    ),
    "unknown-word": Kind(
        422,
        N_("Unknown word"),
        N_("This model knows a few words alone, and reads one language at a time. Write with these: {words}"),
    ),
    "unknown-site": Kind(422, N_("No such attention"), N_(
        "An edit names an attention that this model does not have. A trace lists them as its sites."
    )),
    "unknown-cell": Kind(422, N_("No such cell"), N_(
        "A painted cell lies beyond the last query or the last key of its attention. Both count from 0."
    )),
    "no-diagonal": Kind(
        422,
        N_("No diagonal here"),
        N_("In cross-attention no query can look at itself: it reads other tokens. Choose a self-attention."),
    ),
    "unknown-side": Kind(
        422,
        N_("No such input"),
        N_("An encoder has a source, a decoder a target, an encoder-decoder both. Choose one that this model has."),
    ),
    "unknown-position": Kind(
        422, N_("No such position"), N_("Positions are numbered from 0 to {limit} here. Choose among them.")
    ),
    "unknown-token": Kind(
        422, N_("No such token"), N_("The tokens of the vocabulary are numbered from 0 to {limit}. Choose among them.")
    ),
    "special-token": Kind(
        422,
        N_("Special token"),
        N_("Special tokens stay where they are, and none is put in but <mask> in an encoder. Choose another token."),
    ),
    "not-editable": Kind(
        422,
        N_("Weights not editable"),
        N_("The weights of this model cannot be edited. Choose one that /api/models says is editable."),
    ),
    "unknown-weight": Kind(
        422, N_("No such matrix"), N_("An edit names a matrix that this model does not have. Its weights list them.")
    ),
    "unknown-entry": Kind(
        422,
        N_("No such entry"),
        N_("An edit names a row or a column that its matrix does not have. Both count from 0."),
    ),
    "no-structure": Kind(422, N_("Parts not known"), N_(
        "This model's family hands out its attention weights alone: its parts cannot be told. Its heads can be looked "
        "at all the same. For parts, take a model of a family that docs/families.md marks full."
    )),
    "weights-only": Kind(
        422,
        N_("Attention weights alone"),
        N_("This model's family hands out its attention weights alone. Run it with its native mask, without edits."),
    ),
    "needs-no-target": Kind(
        422, N_("No target here"), N_("Only an encoder-decoder takes a target. Leave it out for this model.")
    ),
    "special-written": Kind(
        422,
        N_("Special token"),
        N_("A special token stands among those written, and nothing comes after it. Leave it out."),
    ),
    "unsuited-model": Kind(422, N_("Not for this model"), N_("This model does not write text. Choose a decoder.")),
    "response-too-large": Kind(
        422,
        N_("Answer too large"),
        N_("The answer would take {actual} bytes; {limit} is the most. Ask for fewer names or heads, or for float16."),
    ),
    "figure-too-large": Kind(422, N_("Too large"), N_("{actual} bytes; {limit} is the most. Save PNG, SVG or CSV.")),
    "too-much-memory": Kind(
        422,
        N_("Too much memory"),
        N_("This run would take about {actual} bytes; {limit} is the most. Shorten the text or ask for fewer names."),
    ),
    "out-of-memory": Kind(
        503, N_("No memory left"), N_("The device has {limit} bytes, and this run found no room. Shorten the text.")
    ),
    "too-long-to-run": Kind(
        422,
        N_("Too long to run"),
        N_("This would take about {actual} seconds here; {limit} is the most. Shorten the text."),
    ),
    "custom-code-refused": Kind(
        422,
        N_("Code of its own"),
        N_("This model needs program code from its own files, which is never run here. Choose a model without any."),
    ),
    "unsafe-weights": Kind(
        422,
        N_("Unsafe weights"),
        N_("The weights of this model are in a format that may run code. Use its safetensors files, or convert it."),
    ),
    "adapter-refused": Kind(
        422, N_("Adapter alone"), N_("Merge this adapter into its model (merge_and_unload of peft); give that folder.")
    ),
    "model-corrupt": Kind(
        422,
        N_("Damaged model"),
        N_("Files of this model are damaged or missing. Fetch it again and restart the server."),
    ),
    "model-not-finite": Kind(
        422, N_("Not a number"), N_("Weights of this model are infinite or no numbers. Fetch it again, or train anew.")
    ),
    "model-config-refused": Kind(
        422,
        N_("Settings not understood"),
        N_("Its config.json asks for what is not computed here, or does not fit its weights. Choose another model."),
    ),
    "model-type-refused": Kind(
        422,
        N_("Unknown kind of model"),
        N_("Models of this kind cannot be shown here. Choose one of the kinds that the documentation lists."),
    ),
    "dtype-refused": Kind(
        422,
        N_("Not in this precision"),
        N_("This model does not run in the precision that was chosen. Start the server with --dtype float32."),
    ),
    "reads-pictures": Kind(
        422,
        N_("Reads pictures"),
        N_("This model reads pictures, and only text can be read here. Choose a model of text alone."),
    ),
    "reads-sound": Kind(
        422,
        N_("Reads sound"),
        N_("This model reads sound, and only text can be read here. Choose a model of text alone."),
    ),
    "tokenizer-refused": Kind(
        422,
        N_("Tokenizer refused"),
        N_("The tokenizer of this model cannot be read. See that tokenizer.json is among its files."),
    ),
    "tokenizer-unconverted": Kind(
        422,
        N_("Tokenizer not converted"),
        N_(
            "This model has its tokenizer for SentencePiece alone. Where sentencepiece is installed, "
            "AutoTokenizer.from_pretrained(folder).save_pretrained(folder) writes the tokenizer.json that is read here."
        ),
    ),
    "internal": Kind(
        500, N_("Internal error"), N_("Something went wrong here. Try again, and report it with the request id.")
    ),
    "starting": Kind(503, N_("Starting"), N_("The models are being loaded. Try again in a few seconds.")),
    "model-unavailable": Kind(
        503, N_("Model unavailable"), N_("This model could not be loaded. The server's log says why.")
    ),
    "model-loading": Kind(
        503, N_("Model being loaded"), N_("This model is still being loaded. Try again in a few seconds.")
    ),
    "no-room-yet": Kind(503, N_("No room yet"), N_(
        "A run that is under way takes the room of this model, which is loaded after it. Try again in a few seconds."
    )),
    "model-too-large": Kind(
        503,
        N_("Model too large"),
        N_("This model takes {actual} bytes; {limit} is the most. Raise HEADLIGHT_MODEL_MEMORY or change the device."),
    ),
    "busy": Kind(503, N_("Busy"), N_("Too many runs are waiting. Try again in a few seconds.")),
    "deadline": Kind(503, N_("Took too long"), N_("The run took longer than {limit} seconds. Try again in a moment.")),
}


class Refusal(HTTPException):
    """Raised anywhere below a route. `values` are numbers and field names of our own, never the visitor's words."""

    def __init__(self, slug: str, *, retry_after: int | None = None, **values: Any):
        self.slug, self.kind = slug, KINDS[slug]
        self.values = {name: value for name, value in values.items() if value is not None}
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        super().__init__(self.kind.status, slug, headers)

    def problem(self, lang: str, request_id: str) -> dict[str, Any]:
        return {
            "type": f"urn:headlight:{self.slug}",
            "title": translate(lang, self.kind.title),
            "status": self.kind.status,
            "detail": translate(lang, self.kind.detail, **self.values),
            "request_id": request_id,
            **self.values,
        }

    def response(self, request: Request) -> Response:
        problem = self.problem(language(request), request.state.id)
        return JSONResponse(problem, self.kind.status, self.headers, "application/problem+json")


def of_validation(errors: Sequence[Any]) -> Refusal:
    """The first thing wrong with a body, of pydantic's list, without its value. An unknown field is not named."""
    first, *others = errors
    field = field_of(first)
    if first["type"] == "extra_forbidden":
        return Refusal("unknown-field")
    if first["type"] == "missing":
        return Refusal("missing-field", field=field)
    # A field that may be of several kinds has an error for each; a bound that is broken says the most.
    kinds = [first["type"], *(other["type"] for other in others if field_of(other) == field)]
    bounds = ("greater_than", "less_than", "too_long", "too_short", "finite_number")
    broken = any(bound in kind for kind in kinds for bound in bounds)
    return Refusal("out-of-range" if broken else "invalid-field", field=field)


def field_of(error: dict[str, Any]) -> str:
    return next((part for part in error["loc"] if isinstance(part, str) and part != "body"), "body")


def of_status(error: StarletteHTTPException) -> Refusal:
    slugs = {400: "malformed-json", 404: "not-found", 405: "method-not-allowed"}
    return Refusal(slugs.get(error.status_code, "internal"))


async def refuse(request: Request, error: Exception) -> Response:
    """The exception handler of the whole application."""
    if isinstance(error, RequestValidationError):
        error = of_validation(error.errors())
    elif isinstance(error, StarletteHTTPException) and not isinstance(error, Refusal):
        headers, error = error.headers, of_status(error)
        error.headers = headers  # a 405 says what is allowed
    assert isinstance(error, Refusal)
    return error.response(request)
