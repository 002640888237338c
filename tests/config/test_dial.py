"""The dial of a file: what it is solved from, and why it cannot be."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Catalog, Model, Target
from pointsman.config.build import Setup, build_setup
from pointsman.config.dial import ends_of, ground_of, target_of
from pointsman.config.heads import groups_of, mark_of
from pointsman.config.load import Source, parse_config
from pointsman.encoder.bundle import Bundle
from pointsman.errors import ConfigError
from pointsman.policy.dial import curve
from pointsman.policy.gain import Ends
from pointsman.policy.rules import DEFAULT_PREFER, Prefer, Rule
from pointsman.signals.head_file import GainHead, Layer
from pointsman.signals.outcome import OUTCOMES
from pointsman.statistics.outcome_point import OutcomePoint

MODELS = (
    "models:\n"
    "  weak: {url: 'http://h/v1', family: qwen3, usd_per_million: {output: 1},"
    " speed: {first_token_s: 0.1, tokens_per_s: 200}}\n"
    "  strong: {url: 'http://h/v1', family: qwen3, usd_per_million: {output: 10},"
    " speed: {first_token_s: 0.5, tokens_per_s: 20}}\n"
)
BASIS = "1000 public exam questions (prior: not your traffic)"

MakeSetup = Callable[[str], Setup]
Refused = Callable[[str], tuple[str, str]]


def dialled(prefer: str, models: str = MODELS, rules: str = "[{name: all}]") -> str:
    return f"{models}policy:\n  prefer: {prefer}\n  rules: {rules}\n"


def prefer_of(built: MakeSetup, prefer: str) -> Prefer:
    return built(dialled(prefer)).world.policy.prefer


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ("{}", DEFAULT_PREFER),
        ("{lambda: 0}", Prefer(trade=0.0)),
        ("{lambda: 0.5}", Prefer(trade=0.5)),
    ],
)
def test_a_lambda_that_is_stated_is_taken(prefer: str, expected: Prefer, built: MakeSetup) -> None:
    assert prefer_of(built, prefer) == expected


def test_a_limit_on_loss_is_solved_into_the_largest_lambda_that_keeps_it(
    built: MakeSetup, recorded: Bundle
) -> None:
    setup = built(dialled("{quality_loss_max: 0.05}"))
    found = setup.world.policy.prefer
    ground = ground_of(setup.world.policy.rules, setup.world.catalog, recorded, None)
    assert ground.sample is not None
    settings = curve(ground.sample, ("weak", "strong"), setup.world.catalog, Ends())
    kept = [s.trade for s in settings if s.loss_high <= 0.05]
    assert found.trade == max(kept)
    assert found.basis.startswith(
        f"lambda {found.trade:.3g} solved from quality_loss_max 0.05: on {BASIS} it loses"
    )
    assert found.usd_per_day is None


def test_the_more_may_be_lost_the_less_is_bought(built: MakeSetup) -> None:
    trades = [prefer_of(built, f"{{quality_loss_max: {n}}}").trade for n in (0.02, 0.1, 0.25, 1.0)]
    assert trades == sorted(trades)
    assert trades[0] < trades[-1]


def test_a_day_may_cost_this_and_lambda_begins_with_what_a_request_may(built: MakeSetup) -> None:
    plain = prefer_of(built, "{usd_per_day: 50}")
    assert (plain.trade, plain.usd_per_day) == (DEFAULT_PREFER.trade, 50.0)
    assert plain.basis == "lambda follows what is spent: 50 US$ a day"
    some, more, all_ = (
        prefer_of(built, f"{{usd_per_day: {usd}, requests_per_day: 10000}}").trade
        for usd in (2.7, 40, 5000)
    )
    assert some > more > all_ == 0.0
    # What cannot be had at all begins where least is spent.
    assert prefer_of(built, "{usd_per_day: 0.01, requests_per_day: 10000}").trade == 5.0


def test_a_mean_time_is_solved_into_the_smallest_lambda_that_keeps_it(built: MakeSetup) -> None:
    found = prefer_of(built, "{latency_s: 20}")
    assert found.weighs == "seconds"
    assert found.basis.startswith(
        f"lambda {found.trade:.3g} solved from latency_s 20: on {BASIS} an answer is expected to"
    )
    assert prefer_of(built, "{latency_s: 2}").trade > found.trade
    assert prefer_of(built, "{latency_s: 1000}").trade == 0.0


FREE = "models: {a: {url: 'http://h/v1'}, b: {url: 'http://h/v1'}}\n"

WRONG: list[tuple[str, str, str, str]] = [
    # models, dial, what and the mend, path
    (
        MODELS,
        "{lambda: 0.1, quality_loss_max: 0.1}",
        "expected one of `lambda`, `quality_loss_max`: there is one dial",
        "",
    ),
    (
        MODELS,
        "{usd_per_day: 1, latency_s: 2, quality_loss_max: 0}",
        "expected one of `quality_loss_max`, `usd_per_day`, `latency_s`: there is one dial",
        "",
    ),
    (
        MODELS,
        "{requests_per_day: 100}",
        "`requests_per_day` goes with `usd_per_day`",
        ".requests_per_day",
    ),
    (
        MODELS,
        "{requests_per_day: 100, lambda: 1}",
        "`requests_per_day` goes with `usd_per_day`",
        ".requests_per_day",
    ),
    (
        MODELS,
        "{quality_loss_max: 0}",
        f"on {BASIS} no setting is shown to lose less than 0.",
        ".quality_loss_max",
    ),
    (FREE, "{usd_per_day: 1}", "no model has a price: set `usd_per_million`", ".usd_per_day"),
    (FREE, "{latency_s: 1}", "nothing is known of the speed of a, b: set `spe", ".latency_s"),
    (
        MODELS,
        "{latency_s: 1}",
        "no setting is expected to answer within 1 s on average; the fastest takes 1.4 s: allow",
        ".latency_s",
    ),
]


@pytest.mark.parametrize(("models", "prefer", "what", "where"), WRONG, ids=[w[1] for w in WRONG])
def test_a_wrong_dial_is_said_with_its_place_and_mend(
    models: str, prefer: str, what: str, where: str, refused: Refused
) -> None:
    message, path = refused(dialled(prefer, models))
    assert what in message
    assert path == f"$.policy.prefer{where}"
    assert message.startswith("pointsman.yaml:")


def test_what_no_lambda_is_shown_to_keep_is_refused_with_what_one_is(
    refused: Refused, built: MakeSetup
) -> None:
    message, _ = refused(dialled("{quality_loss_max: 0}"))
    assert "allow that much, record more outcomes, or state `lambda: 0`" in message
    least = float(message.split("lose less than ")[1].split(" ")[0])
    assert 0 < least < 0.02
    assert "solved" in prefer_of(built, f"{{quality_loss_max: {least + 0.001}}}").basis


@pytest.mark.parametrize(
    "goal",
    ["quality_loss_max: 0.05", "latency_s: 9", "usd_per_day: 9, requests_per_day: 9"],
)
def test_without_recorded_outcomes_nothing_is_solved(goal: str, bundle: Bundle) -> None:
    manifest = msgspec.structs.replace(bundle.manifest, outcomes=())
    source = Source("pointsman.yaml", dialled(f"{{{goal}}}"))
    with pytest.raises(ConfigError, match="no recorded outcomes to solve this from") as caught:
        build_setup(
            parse_config(source), msgspec.structs.replace(bundle, manifest=manifest), source
        )
    assert caught.value.param == f"$.policy.prefer.{goal.partition(':')[0]}"


@pytest.mark.parametrize(
    ("prefer", "trade"), [("{}", 0.25), ("{lambda: 1}", 1.0), ("{usd_per_day: 9}", 0.25)]
)
def test_a_dial_that_needs_none_is_content_without_them(
    prefer: str, trade: float, bundle: Bundle
) -> None:
    manifest = msgspec.structs.replace(bundle.manifest, outcomes=())
    source = Source("pointsman.yaml", dialled(prefer))
    lacking = msgspec.structs.replace(bundle, manifest=manifest)
    assert build_setup(parse_config(source), lacking, source).world.policy.prefer.trade == trade


# --- Whose outcomes, and which models -------------------------------------------------------------


def gain_head(bundle: Bundle, light: str, heavy: str, *sample: OutcomePoint) -> GainHead:
    values: dict[str, Any] = {"name": "gain", "bundle": mark_of(bundle), "counts": {}, "report": {}}
    return GainHead(
        format=1,
        labels=OUTCOMES,
        features=groups_of(bundle)["gain"],
        layer=Layer(inputs=1, outputs=4, weights="", bias=()),
        temperature=1.0,
        rows=321,
        use=True,
        verdict="",
        command="",
        light=light,
        heavy=heavy,
        sample=sample,
        **values,
    )


@pytest.fixture(scope="session")
def catalog(a_model: Callable[..., Model]) -> Catalog:
    models = {
        "weak": a_model("weak", strength=0.0, upstream_name="org/weak:7b"),
        "strong": a_model("strong", "openai", strength=1.0),
        "plain": a_model("plain", "generic", strength=0.5),
    }
    return Catalog(models)


def test_a_dial_is_solved_on_the_models_that_are_weighed(
    catalog: Catalog, recorded: Bundle
) -> None:
    rules = (
        Rule("a", ("strong",), choose="static"),
        Rule("b", ("plain", "weak")),
        Rule("c", ("weak",)),
    )
    assert ground_of(rules, catalog, recorded, None).pool == ("plain", "weak")


def test_the_operators_own_outcomes_go_before_the_bundles(
    catalog: Catalog, recorded: Bundle
) -> None:
    point = OutcomePoint(0.4, 0.7, 90.0, (0.3, 0.4, 0.1, 0.2))
    own = ground_of((), catalog, recorded, gain_head(recorded, "weak", "strong:high", point)).sample
    assert own is not None
    assert own.basis == "1 questions of your outcomes"
    assert own.questions == pytest.approx(1.0)
    assert own.points[0].outcomes == point.outcomes
    # A head that was learned without a sample says nothing of how the bundle's would do.
    assert ground_of((), catalog, recorded, gain_head(recorded, "weak", "strong")).sample is None
    shipped = ground_of((), catalog, recorded, None).sample
    assert shipped is not None
    assert (shipped.basis, shipped.questions) == (BASIS, 1000.0)


OFF, ON = Reasoning("off"), Reasoning("on")


@pytest.mark.parametrize(
    ("arm", "target"),
    [
        ("weak", Target("weak", OFF)),  # without a mode, its least
        ("weak:off", Target("weak", OFF)),
        ("weak:on", Target("weak", ON)),
        # By the name its server knows it by, colons and all.
        ("org/weak:7b", Target("weak", OFF)),
        ("org/weak:7b:on", Target("weak", ON)),
        ("strong:on", Target("strong", Reasoning("on", "high"))),  # its most
        ("strong:low", Target("strong", Reasoning("on", "low"))),
        ("strong:high", Target("strong", Reasoning("on", "high"))),
        ("plain", Target("plain", Reasoning("default"))),
        ("plain:on", None),  # it has no switch
        ("weak:high", None),
        ("weak:", None),
        ("nobody", None),
        ("weaker:on", None),
        ("", None),
    ],
)
def test_an_arm_of_recorded_outcomes_names_a_target(
    arm: str, target: Target | None, catalog: Catalog
) -> None:
    assert target_of(arm, catalog) == target


@pytest.mark.parametrize(
    ("light", "heavy", "ends"),
    [
        ("weak", "strong:high", Ends(0.0, 1.0)),
        ("strong:off", "strong:high", Ends(0.4, 1.0)),
        ("weak:off", "weak:on", Ends(0.0, 0.6)),
        ("plain", "strong:low", Ends(0.2, 0.7)),
        # Arms that are no models here, or the wrong way round, say nothing of where they stand.
        ("nobody", "strong:high", Ends()),
        ("weak", "nobody:on", Ends()),
        ("strong:high", "weak", Ends()),
        ("weak", "weak:off", Ends()),
    ],
)
def test_the_arms_of_a_learned_head_stand_where_their_models_do(
    light: str, heavy: str, ends: Ends, catalog: Catalog, bundle: Bundle
) -> None:
    found = ends_of(gain_head(bundle, light, heavy), catalog)
    assert (found.light, found.heavy) == pytest.approx((ends.light, ends.heavy))
    assert ends_of(None, catalog) == Ends()
