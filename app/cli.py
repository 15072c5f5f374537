"""The `headlight` command: serve the page, train and measure models, write a trace."""

from __future__ import annotations

import argparse
import json
import logging
import os
import socket
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, get_args

import torch
import uvicorn
from pydantic import ValidationError
from pydantic_settings import SettingsError

from model import zoo
from model.sources import NotHere
from model.training import evaluate, train

from . import bad_setting, create_app
from .answers import Answers
from .command_words import Parser
from .devices import NoSuchDevice
from .i18n import N_, of_environment, translate
from .models import Models
from .progress import progress
from .refusals import Refusal, of_validation
from .schemas import TraceRequest, parse
from .settings import Settings
from .wire import SAFETENSORS

log = logging.getLogger("headlight")

FLAGS = ("host", "port", "device", "threads", "dtype", "any_model_type")  # asked for most; all others by environment
LOG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "headlight": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, or 2 with one sentence on what is wrong with what was asked."""
    args = parser().parse_args(arguments)
    try:
        return args.run(args)
    except (NoSuchDevice, NotHere, Refused) as refusal:
        print(refusal.told(of_environment(os.environ)), file=sys.stderr)
    return 2


class Refused(Exception):
    """One sentence for whoever typed the command."""

    def __init__(self, sentence: str, detail: str = "", **values: Any):
        self.sentence, self.detail, self.values = sentence, detail, values

    @classmethod
    def by(cls, refusal: Refusal, detail: str = "") -> Refused:
        return cls(refusal.kind.detail, detail, **refusal.values)

    def told(self, lang: str) -> str:
        return translate(lang, self.sentence, **self.values) + (f" ({self.detail})" if self.detail else "")


def parser() -> Parser:
    """In the language of the environment; what `model.training` asks for itself is in English."""
    lang = of_environment(os.environ)
    _ = partial(translate, lang)
    top = Parser(lang=lang, prog="headlight", description=_("See what every attention head of a Transformer reads."))
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    serve_ = commands.add_parser("serve", lang=lang, help=_("serve the page and the API"))
    add_settings(serve_, FLAGS)
    serve_.add_argument(
        "--model",
        action="append",
        dest="models",
        metavar="NAME_OR_FOLDER",
        help=_("a model to serve beside the shipped ones: a folder, or a name that was fetched before; repeatable"),
    )
    serve_.set_defaults(run=serve)

    train_ = commands.add_parser("train", lang=lang, help=_("train a small Transformer on a folder of text"))
    train.add_arguments(train_)
    train_.set_defaults(run=train.run)

    evaluate_ = commands.add_parser("evaluate", lang=lang, help=_("measure trained models on text that was held out"))
    evaluate.add_arguments(evaluate_)
    evaluate_.set_defaults(run=evaluate.run)

    trace_ = commands.add_parser(
        "trace", lang=lang, help=_("run a model once and write everything it computed, as safetensors")
    )
    read = trace_.add_mutually_exclusive_group(required=True)
    read.add_argument("text", nargs="?", help=_("what the model reads; - is standard input"))
    read.add_argument("--from", type=Path, dest="file", metavar="FILE", help=_("a file with the text, in UTF-8"))
    trace_.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help=_("where it is written"))
    trace_.add_argument(
        "--model",
        default="decoder",
        metavar="ID_FOLDER_OR_NAME",
        help=_("a shipped model, a folder with a model's files, a name that was fetched before, or minilm"),
    )
    trace_.add_argument("--target", help=_("encoder-decoder only; left out, the model writes it"))
    trace_.add_argument("--mask", type=mask, default="native", help="native, bidirectional, causal, prefix:3, window:4")
    trace_.add_argument(
        "--edit",
        type=edit,
        action="append",
        default=[],
        dest="edits",
        metavar="JSON",
        help=_("as the API has it, repeatable: {example}", example='{"zero": "decoder.blocks.0.attn", "head": 1}'),
    )
    trace_.add_argument("--names", nargs="+", metavar="GLOB", help=_("which tensors; left out, all that are stored"))
    trace_.add_argument("--float16", action="store_true", help=_("round the numbers to float16: half the bytes"))
    add_settings(trace_, ("device", "dtype", "any_model_type"))
    trace_.set_defaults(run=trace)
    return top


def add_settings(command: Parser, names: tuple[str, ...]) -> None:
    for name in names:
        field, flag = Settings.model_fields[name], f"--{name.replace('_', '-')}"
        told = translate(command.lang, field.description or "")
        if field.annotation is bool:
            command.add_argument(flag, action="store_true", default=None, help=told)
            continue
        choices = get_args(field.annotation) or None
        kind = int if field.annotation is int else str
        command.add_argument(flag, type=kind, choices=choices, help=told)


def settings_from(args: argparse.Namespace) -> Settings:
    """The environment, and before it what was typed."""
    typed = {name: value for name in (*FLAGS, "models") if (value := getattr(args, name, None)) is not None}
    try:
        return Settings(**typed)
    except ValidationError as error:
        raise Refused("{why}", why=bad_setting.told(error.errors()[0], of_environment(os.environ))) from None
    except SettingsError as error:
        raise Refused("{why}", why=bad_setting.told_of_list(error, of_environment(os.environ))) from None


def serve(args: argparse.Namespace) -> int:
    settings = settings_from(args)
    app = create_app(settings)
    server = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        limit_concurrency=settings.max_connections,
        log_config=LOG,
        access_log=False,  # it would log addresses and queries; our own line per request does not
        server_header=False,
    )
    with suppress(KeyboardInterrupt):  # uvicorn has shut down by then, and raises it once more
        Server(server).run()
    if app.state.answers.models.reading:  # Python would wait to its end for a thread that nothing can interrupt
        logging.shutdown()
        os._exit(0)
    return 0


class Server(uvicorn.Server):
    """Says where it listens, as soon as it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            log.info("listening on %s, port %d", self.config.host, self.config.port)


def trace(args: argparse.Namespace) -> int:
    """The same bytes that the API sends."""
    own = [] if args.model in zoo.ids() else [args.model]
    settings = settings_from(args).model_copy(update={"models": own})
    asked = {name: getattr(args, name) for name in ("target", "mask", "edits", "names")}
    asked |= {"text": text_of(args), "dtype": "float16" if args.float16 else "float32"}
    answers = Answers(settings)
    asked["model"] = answers.models.ids()[-1] if own else args.model
    if settings.threads:  # as the server's worker does: another number of them rounds otherwise
        torch.set_num_threads(settings.threads)
    try:
        request = TraceRequest(**parse(json.dumps(asked).encode()))  # what a shell hands over may be no Unicode
        answers.check_text(request)
        read(answers.models, request.model)
        answer = answers.memory.run(partial(answers.trace, request, SAFETENSORS))
        args.output.write_bytes(answer.body)
    except ValidationError as error:
        raise Refused.by(of_validation(error.errors())) from None
    except Refusal as refusal:
        raise Refused.by(refusal) from None
    except OSError as error:
        raise Refused(N_("{file} cannot be written: {why}."), file=args.output, why=error.strerror) from None
    return 0


def text_of(args: argparse.Namespace) -> str:
    """What was typed, or what a file or standard input says; the end of its last line is no part of it."""
    if args.file is None and args.text != "-":
        return str(args.text)
    try:
        given = args.file.read_bytes() if args.file else sys.stdin.buffer.read()
        return given.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise Refused(N_("{file} cannot be read: {why}."), file=args.file, why=error.strerror) from None
    except UnicodeDecodeError:
        raise Refused(N_("{file} is not text in UTF-8."), file=args.file or "-") from None


def read(models: Models, id: str) -> None:
    """A model of one's own, which takes its time. Raises Refused."""
    if id in zoo.ids():
        return
    logging.getLogger("headlight").addHandler(logging.NullHandler())  # what it would say of a failure is told below
    lang, one = of_environment(os.environ), models.state(id)
    with progress(translate(lang, N_("Reading {model} …"), model=one.source)):
        models.read(id)
    if one.problem and one.problem.slug == "model-unavailable":  # there is no server, and no log
        raise Refused(N_("This model could not be loaded."), one.detail)
    if one.problem:
        raise Refused.by(one.problem, one.detail)
    print(f"{one.bytes / 1e6:,.1f} MB, {one.seconds:.1f} s", file=sys.stderr)


def mask(text: str) -> Any:
    """`prefix:3` as the API has it, {"prefix": 3}; other words as they are."""
    name, colon, count = text.partition(":")
    return {name: int(count)} if colon else name


def edit(text: str) -> Any:
    """An edit as the API has it, JSON."""
    return json.loads(text)
