"""What an operator can choose. Each setting is read from the environment: HEADLIGHT_PORT is `port`.

The help texts are the documentation: docs/operations.md holds them as a table, and a test compares the two.
"""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from .i18n import N_

MiB = 1024 * 1024


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HEADLIGHT_", frozen=True)

    host: str = Field("127.0.0.1", description=N_("The address to listen on; 0.0.0.0 lets other machines in."))
    port: int = Field(8000, ge=1, le=65535, description=N_("The port to listen on."))
    hosts: list[str] = Field(
        [],
        description="Names this server may be addressed by, beside localhost, its IP addresses and its own host name, "
        'as a JSON list: ["headlight.example.org"]. ["*"] admits every name.',
    )
    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|mps|cuda(:(0|[1-9]\d?))?)$",
        description=N_(
            "Where the models run: cpu, cuda (of several cards cuda:0, cuda:1, ...) or mps; auto takes cuda, "
            "then mps, then cpu."
        ),
    )
    models: list[str] = Field(
        [],
        description="Models to serve beside the shipped ones, as a JSON list: folders with a model's files, or names "
        'of models that were fetched from the hub before: ["gpt2", "models/mine"]. Nothing is fetched.',
    )
    dtype: Literal["float32", "float16", "bfloat16"] = Field(
        "float32",
        description=N_(
            "What the weights of these models are loaded as and computed with, however they are stored; the "
            "shipped ones are float32, and so is every softmax and every tensor of a trace."
        ),
    )
    model_memory: int = Field(
        8 * 1024 * MiB,
        ge=0,
        description="Bytes that these models may take together; the one that was not asked for the longest is unloaded "
        "first, and read again when it is asked for.",
    )
    any_model_type: bool = Field(
        False,
        description=N_(
            "Whether these models may be of a family that was never tried here. Its numbers then are unproven: "
            "compare them before you trust them. Code and pickles of a model are refused all the same."
        ),
    )
    threads: int = Field(0, ge=0, le=256, description=N_("Threads of one run on the CPU; 0 leaves it to torch."))
    max_run_memory: int = Field(
        2 * 1024 * MiB,
        ge=MiB,
        description="Bytes that one run may take beside its model, as they are estimated before it starts; one that "
        "would take more is refused.",
    )
    max_body: int = Field(320 * 1024, ge=1024, description="The largest request body, in bytes.")
    max_characters: int = Field(24_000, ge=1, description="The longest text, and the longest target, in characters.")
    max_response: int = Field(128 * MiB, ge=MiB, description="The largest trace that is sent, in bytes.")
    max_json: int = Field(
        16 * MiB,
        ge=MiB,
        description="The same for a trace as JSON, which costs far more to write, counted at 24 bytes a number.",
    )
    max_queue: int = Field(64, ge=1, description="Runs that may wait or be under way; more are told to come back.")
    deadline: float = Field(
        20, gt=0, description="Seconds a request may wait for its run; one that would surely take longer is refused."
    )
    body_deadline: float = Field(10, gt=0, description="Seconds a client may take to send its request body.")
    answer_cache: int = Field(128 * MiB, ge=0, description="Bytes of answers kept to be sent again.")
    trace_cache: int = Field(
        512 * MiB,
        ge=0,
        description="Bytes of traces kept, from which other tensors are sent; one trace fills half of it at most, but "
        "for what is asked of it.",
    )
    max_connections: int = Field(1_000, ge=1, description="Open connections; more are answered 503 at once.")
