"""The `headlight` command: serve the page, train and measure models, write a trace."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import torch
import uvicorn
from pydantic import ValidationError
from pydantic_settings import SettingsError

from model.training import evaluate, train

from . import create_app
from .answers import Answers
from .devices import NoSuchDevice
from .models import CannotServe
from .refusals import Refusal, of_validation
from .schemas import TraceRequest, parse
from .settings import Settings
from .wire import SAFETENSORS

FLAGS = ("host", "port", "device", "threads", "dtype")  # the settings asked for most; others by environment
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
    except (NoSuchDevice, CannotServe, Refused) as refusal:
        print(refusal, file=sys.stderr)
        return 2


class Refused(Exception):
    """One sentence for whoever typed the command."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="headlight", description="See what every attention head of a Transformer reads.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    serve_ = commands.add_parser("serve", help="serve the page and the API")
    add_settings(serve_, FLAGS)
    serve_.add_argument(
        "--model",
        action="append",
        dest="models",
        metavar="NAME_OR_FOLDER",
        help="a model to serve beside the shipped ones: a folder, or a name that was fetched before; repeatable",
    )
    serve_.set_defaults(run=serve)

    train_ = commands.add_parser("train", help="train a small Transformer on a folder of text")
    train.add_arguments(train_)
    train_.set_defaults(run=train.run)

    evaluate_ = commands.add_parser("evaluate", help="measure trained models on text that was held out")
    evaluate.add_arguments(evaluate_)
    evaluate_.set_defaults(run=evaluate.run)

    trace_ = commands.add_parser("trace", help="run a model once and write everything it computed, as safetensors")
    trace_.add_argument("text")
    trace_.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    trace_.add_argument("--model", default="decoder")
    trace_.add_argument("--target", help="encoder-decoder only; left out, the model writes it")
    trace_.add_argument("--mask", type=mask, default="native", help="native, bidirectional, causal, prefix:3, window:4")
    trace_.add_argument("--names", nargs="+", metavar="GLOB", help="which tensors (default: all that are stored)")
    add_settings(trace_, ("device", "dtype"))
    trace_.set_defaults(run=trace)
    return top


def add_settings(command: argparse.ArgumentParser, names: tuple[str, ...]) -> None:
    for name in names:
        field = Settings.model_fields[name]
        choices = get_args(field.annotation) or None
        kind = int if field.annotation is int else str
        command.add_argument(f"--{name}", type=kind, choices=choices, help=field.description)


def settings_from(args: argparse.Namespace) -> Settings:
    """The environment, and before it what was typed."""
    typed = {name: value for name in (*FLAGS, "models") if (value := getattr(args, name, None)) is not None}
    try:
        return Settings(**typed)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    except SettingsError as error:  # a list that is not JSON
        raise Refused(f"{error}.") from None


def serve(args: argparse.Namespace) -> int:
    settings = settings_from(args)
    server = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        limit_concurrency=settings.max_connections,
        log_config=LOG,
        access_log=False,  # it would log addresses and queries; our own line per request does not
        server_header=False,
    )
    with suppress(KeyboardInterrupt):  # uvicorn has shut down by then, and raises it once more
        uvicorn.Server(server).run()
    return 0


def trace(args: argparse.Namespace) -> int:
    """The same bytes that the API sends."""
    asked = {name: getattr(args, name) for name in ("model", "text", "target", "mask", "names")}
    settings = settings_from(args)
    answers = Answers(settings)
    if settings.threads:  # as the server's worker does: another number of them rounds otherwise
        torch.set_num_threads(settings.threads)
    try:
        request = TraceRequest(**parse(json.dumps(asked).encode()))  # what a shell hands over may be no Unicode
        answers.check_text(request)
        answers.models.read(request.model)
        args.output.write_bytes(answers.trace(request, SAFETENSORS).body)
    except ValidationError as error:
        raise Refused(of_validation(error.errors()).problem("en", "")["detail"]) from None
    except Refusal as refusal:
        raise Refused(refusal.problem("en", "")["detail"]) from None
    except OSError as error:
        raise Refused(f"{args.output} cannot be written: {error.strerror}.") from None
    return 0


def mask(text: str) -> Any:
    """`prefix:3` as the API has it, {"prefix": 3}; other words as they are."""
    name, colon, count = text.partition(":")
    return {name: int(count)} if colon else name
