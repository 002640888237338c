"""The shape of pointsman.yaml. `docs/reference/config.md` is generated from these docstrings."""

from typing import Annotated, Any, Literal

import msgspec

from pointsman.accounts.limits import Limit
from pointsman.catalog.families import Family
from pointsman.catalog.models import ANSWER_TOKENS, Endpoint, Prices, Speed, Url, Weight
from pointsman.config.guard_schema import GuardConfig, GuardPartConfig, Pii, TenantConfig
from pointsman.policy.rules import Cascade, ReasoningRule, Shadow
from pointsman.wire.chat import DEFAULT_MAX_BODY_BYTES

NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Trade = Annotated[float, msgspec.Meta(ge=0, le=1e6)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the file in which an unknown key is an error."""


class ModelConfig(Strict, frozen=True):
    """One model: give `url`, or `endpoints` when several servers answer for it.

    Attributes:
        url: Base URL of its OpenAI-compatible server, up to and including `/v1`.
        endpoints: Its servers, with weights.
        name: The name its server knows it by; by default its name in this file.
        family: How it switches reasoning: a built-in family or one of `families`.
        usd_per_million: Prices per million tokens.
        strength: 0 for the weakest model here, 1 for the strongest; by default their price order.
        context_window: Most tokens of prompt and answer together.
        max_output_tokens: Most tokens of one answer; where spending is limited, what an answer
            without `max_tokens` may take is reserved by it.
        answer_tokens: Tokens expected of an answer without reasoning.
        speed: How fast it answers, until the gateway has seen it: `{first_token_s, tokens_per_s}`.
        images: Whether it takes image parts.
        api_key_env: Environment variable that holds its key.
        health_path: Path on the server's root that answers 200 while it lives, such as `/health`.
        pii: What it may see of personal data, where that differs from `policy.guard.pii`: `allow`
            for a model of your own, or a table by type.
    """

    url: Url | None = None
    endpoints: tuple[Endpoint, ...] = ()
    name: str | None = None
    family: str = "generic"
    usd_per_million: Prices = Prices()
    strength: Share | None = None
    context_window: Count | None = None
    max_output_tokens: Count | None = None
    answer_tokens: Annotated[float, msgspec.Meta(gt=0, le=1e6)] = ANSWER_TOKENS
    speed: Speed | None = None
    images: bool = True
    api_key_env: str | None = None
    health_path: str | None = None
    pii: Pii | None = None


class RuleConfig(Strict, frozen=True):
    """One rule; the first whose condition holds decides.

    Attributes:
        name: Unique; it appears in headers, records and metrics.
        when: A condition such as `{domain: math, above: 0.6}`; left out, the rule always holds.
        use: A model or a list of models, the preferred one first; left out, all models. With
            `split`, a mapping from models to their shares of the requests.
        exclude: Models that the rule never uses.
        choose: How to choose among them: `gain`, `static`, `category`, `cluster`, `cascade`,
            `budget`, `latency` or `split`; a mapping of shares means `split`.
        reasoning: `auto`, `on`, `off`, or `{mode, effort, budget_tokens, override}`.
        max_usd: Options that are expected to cost more than this are left out.
        sticky: With `split` and `shadow`: what keeps its assignment.
        shadow: A model that gets a copy of the requests, or `{model, share}` of them; its answers
            are measured and thrown away.
        cascade: With `choose: cascade`: when an answer is not good enough.
        guard: What the guard does otherwise where this rule holds.
    """

    name: str
    when: Any = None
    use: str | tuple[str, ...] | dict[str, Weight] = ()
    exclude: tuple[str, ...] = ()
    choose: str | None = None
    reasoning: Literal["auto", "on", "off"] | ReasoningRule = "auto"
    max_usd: Annotated[float, msgspec.Meta(gt=0)] | None = None
    sticky: Literal["conversation", "caller"] = "conversation"
    shadow: str | Shadow | None = None
    cascade: Cascade = Cascade()
    guard: GuardPartConfig | None = None


class PreferConfig(Strict, frozen=True):
    """The dial; give one of them, and the router solves the rest.

    Attributes:
        trade: Written `lambda` in the file. Probability of a right answer that is given up to save
            the whole cost of the strongest model with reasoning.
        quality_loss_max: The most right answers that may be lost against always asking the
            strongest model with reasoning, as a share of all requests: 0.02 is two in a hundred.
        usd_per_day: The most that a day may cost; λ follows what is spent.
        requests_per_day: With `usd_per_day`, how many requests a day brings, to begin with.
        latency_s: The most seconds that an answer may take on average.
    """

    trade: Trade | None = msgspec.field(default=None, name="lambda")
    quality_loss_max: Share | None = None
    usd_per_day: Annotated[float, msgspec.Meta(gt=0)] | None = None
    requests_per_day: Annotated[float, msgspec.Meta(gt=0)] | None = None
    latency_s: Positive | None = None


class PolicyConfig(Strict, frozen=True):
    """What the operator wants: a dial, a guard and rules."""

    guard: GuardConfig = GuardConfig()
    prefer: PreferConfig = PreferConfig()
    rules: tuple[RuleConfig, ...] = ()


class ServerConfig(Strict, frozen=True):
    """The gateway's front end.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        max_body_bytes: Largest request body.
        read_s: How long a request's body may take to come whole.
        drain_s: After SIGTERM, how long running requests may take to end.
        ask_usage: Ask upstream for token counts of streams, and hide them from clients that did
            not ask.
    """

    host: str = "127.0.0.1"
    port: Port = 8801
    max_body_bytes: Count = DEFAULT_MAX_BODY_BYTES
    read_s: Positive = 60.0
    drain_s: NotNegative = 30.0
    ask_usage: bool = True


class RecordsConfig(Strict, frozen=True):
    """Decision records: one JSON line per request.

    Attributes:
        file: Where they go, or `-` for standard output; left out, nowhere.
        max_mb: Size at which the file is put aside as `NAME.1` and a new one begun.
        keep: How many files that were put aside are kept.
        prompts: Whether a record also holds the request's messages. They are then as secret as
            your users' words.
        counterfactuals: Whether a record says what would have changed the decision.
    """

    file: str | None = None
    max_mb: Positive = 100.0
    keep: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 10
    prompts: bool = False
    counterfactuals: bool = True


class AccessConfig(Strict, frozen=True):
    """Who may ask.

    Attributes:
        keys: Whether a client needs a key made by `pointsman keys create`. `auto`: not on a
            loopback address, else yes.
    """

    keys: Literal["auto", "required", "off"] = "auto"


class UpstreamConfig(Strict, frozen=True):
    """How model servers are asked.

    Attributes:
        connect_s: Most seconds to connect.
        first_byte_s: Most seconds until the first byte of an answer; slow thinkers need minutes.
        idle_s: Most seconds between two pieces of a stream.
        attempts: Most tries before the first byte, over all endpoints and models.
        cooldown_s: How long an endpoint that failed three times in a row is left alone.
        health_every_s: How often endpoints with a `health_path` are asked.
    """

    connect_s: Positive = 5.0
    first_byte_s: Positive = 600.0
    idle_s: Positive = 120.0
    attempts: Count = 4
    cooldown_s: NotNegative = 10.0
    health_every_s: Positive = 5.0


class EncoderConfig(Strict, frozen=True):
    """The encoder.

    Attributes:
        bundle: Folder of another bundle than the one that ships with pointsman.
        workers: Threads that read; by default one per core.
        intra_threads: Cores within one pass; above 1 lowers latency on idle machines.
        queue: Texts that may wait for a worker before clients are told to come back later.
        remember: Texts whose encodings are remembered (about 4 kB each).
        max_windows: After so many passes of about 220 word pieces over the texts that signals must
            see whole (attacks, personal data), no further text of a request is begun, and no text
            takes more. What stays unread, oldest texts first, is counted in
            `{coverage: unread_characters}`.
        first_tier: Whether the cheap first tier may answer alone where it is certain, by the
            error bound stated in the bundle's manifest; otherwise every text gets a full pass.
    """

    bundle: str | None = None
    workers: Count | None = None
    intra_threads: Count = 1
    queue: Count = 128
    remember: Count = 4096
    max_windows: Count = 512
    first_tier: bool = True


class SessionConfig(Strict, frozen=True):
    """Conversations: how long, and how many, are remembered."""

    ttl_s: Positive = 1800.0
    capacity: Count = 100_000


class Config(Strict, frozen=True):
    """The whole file.

    Attributes:
        models: The models by the names that rules use.
        families: Reasoning switches of further model families.
        keywords: Lists of words; condition `{keywords: NAME}` holds when one is in the prompt.
        heads: Files that `pointsman learn` has written, relative to this one, or `shipped:NAME` for
            the gain head of a recorded pair of models (docs/learn.md). `gain` takes the place of
            the shipped estimate of gain and tokens, `category` and `cluster` are tables; any other
            name is a signal of its own, with the labels it was learned on, such as
            `{ticket: refund, above: 0.7}`.
        state: Where keys and what was spent are kept: a file, relative to this one, or
            `postgresql://...` when replicas share them.
        limits: Caps on money, tokens or requests; the tightest one decides.
        tenants: What differs for the keys of a tenant, by its name.
    """

    models: dict[str, ModelConfig]
    families: dict[str, Family] = {}
    keywords: dict[str, tuple[str, ...]] = {}
    heads: dict[str, str] = {}
    policy: PolicyConfig = PolicyConfig()
    server: ServerConfig = ServerConfig()
    records: RecordsConfig = RecordsConfig()
    access: AccessConfig = AccessConfig()
    state: str = "pointsman.db"
    limits: tuple[Limit, ...] = ()
    tenants: dict[str, TenantConfig] = {}
    upstream: UpstreamConfig = UpstreamConfig()
    encoder: EncoderConfig = EncoderConfig()
    sessions: SessionConfig = SessionConfig()
