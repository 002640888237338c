"""`guard` in a file: what it means, and everything about it that types alone cannot check."""

from collections.abc import Callable

import pytest

from pointsman.catalog.sight import PiiRule
from pointsman.config.build import Setup
from pointsman.encoder.bundle import Bundle, FlagsHead
from pointsman.policy.guard import AttackGuard, Guard

MODELS = "models: {a: {url: 'http://h/v1'}, b: {url: 'http://i/v1'}}\n"

Build = Callable[[str], Setup]
Refused = Callable[[str], tuple[str, str]]


def guarded(words: str) -> str:
    return f"{MODELS}policy: {{guard: {words}}}\n"


def guard_of(built: Build, words: str) -> Guard:
    return built(guarded(words)).world.policy.guards.whole


@pytest.fixture(scope="session")
def head(bundle: Bundle) -> FlagsHead:
    """The head that measures attacks."""
    heads = bundle.manifest.heads
    return next(head for head in heads if isinstance(head, FlagsHead))


def test_the_sketch_of_the_readme_means_what_it_says(built: Build) -> None:
    setup = built(
        guarded(
            "{jailbreak: {refuse_above: 0.9, on_failure: refuse}, "
            "pii: {EMAIL_ADDRESS: mask, US_SSN: refuse}}"
        )
    )
    guards = setup.world.policy.guards
    assert guards.whole == Guard(
        attacks={"jailbreak": AttackGuard(refuse_above=0.9, on_failure="refuse")},
        pii={"EMAIL_ADDRESS": PiiRule("mask"), "US_SSN": PiiRule("refuse")},
    )
    assert guards.signals == {"jailbreak", "pii"}


def test_words_alone_stand_for_the_bundles_own_thresholds(built: Build, head: FlagsHead) -> None:
    guard = guard_of(built, "{jailbreak: refuse, injection: flag, harmful: pass}")
    assert guard.attacks == {
        "jailbreak": AttackGuard(refuse_above=head.thresholds["jailbreak"].above),
        "injection": AttackGuard(flag_above=head.thresholds["injection"].above),
        "harmful": AttackGuard(),
    }


def test_a_mapping_without_bounds_refuses_or_sends(built: Build, head: FlagsHead) -> None:
    guard = guard_of(built, "{jailbreak: {on_failure: pass}, injection: {send_to: b}}")
    jailbreak, injection = guard.attacks["jailbreak"], guard.attacks["injection"]
    assert jailbreak.refuse_above == head.thresholds["jailbreak"].above
    assert (injection.send_above, injection.refuse_above) == (
        head.thresholds["injection"].above,
        None,
    )


def test_bounds_are_solved_from_rates(built: Build, head: FlagsHead) -> None:
    guard = guard_of(
        built,
        "{injection: {refuse_above: {false_refusals: 0.01}, flag_above: {false_refusals: 0.05}}}",
    )
    rungs = {rung.target: rung.above for rung in head.ladder["injection"]}
    assert guard.attacks["injection"].refuse_above == rungs[0.01]
    assert guard.attacks["injection"].flag_above == rungs[0.05]


def test_one_word_of_personal_data_stands_for_all_types(built: Build) -> None:
    assert guard_of(built, "{pii: mask_and_restore}").pii == {
        "default": PiiRule("mask_and_restore")
    }


def test_a_type_may_state_how_sure_the_detector_must_be(built: Build) -> None:
    guard = guard_of(built, "{pii: {PERSON: {action: mask, above: 0.8}, default: allow}}")
    assert guard.pii == {"PERSON": PiiRule("mask", 0.8), "default": PiiRule("allow")}


def test_rules_tenants_and_models_have_words_of_their_own(built: Build) -> None:
    world = built(
        "models: {a: {url: 'http://h/v1', pii: allow}, b: {url: 'http://i/v1'}}\n"
        "policy:\n"
        "  rules: [{name: r, use: a, guard: {injection: flag}}]\n"
        "tenants: {acme: {guard: {pii: {US_SSN: refuse}, on_failure: pass}}}\n"
    ).world
    assert world.catalog.models["a"].pii == {"default": PiiRule("allow")}
    of_rule = world.policy.rules[0].guard
    assert of_rule is not None
    assert set(of_rule.attacks) == {"injection"}
    assert world.policy.guards.tenants["acme"].pii == {"US_SSN": PiiRule("refuse")}
    assert world.policy.guards.signals == {"injection", "pii"}


def test_what_the_guard_looks_at_is_measured_of_requests_that_name_their_model(
    built: Build,
) -> None:
    world = built(guarded("{jailbreak: flag, pii: mask}")).world
    assert world.guard_asked.whole == {"attacks", "pii"}
    assert world.guard_asked.judged == set()
    assert {detector.name for detector in world.detectors} >= {"jailbreak", "pii", "coverage"}


def test_without_a_guard_nothing_is_read_for_it(built: Build) -> None:
    world = built(MODELS).world
    assert world.policy.guards.signals == set()
    assert world.guard_asked.whole == set()
    assert not {"jailbreak", "pii", "coverage"} & {d.name for d in world.detectors}
    everything_allowed = built(guarded("{jailbreak: pass, pii: allow}")).world
    assert everything_allowed.policy.guards.signals == set()


WRONG: list[tuple[str, str, str]] = [
    # the guard, what is wrong and the mend, where in it
    ("{jailbreak: {refuse_over: 0.9}}", "did you mean `refuse_above`?", ".jailbreak.refuse_over"),
    (
        "{jailbreak: block}",
        "value 'block'; it may be pass, flag, refuse",
        ".jailbreak",
    ),
    ("{jailbreak: {refuse_above: 2}}", "expected `float` <= 1.0", ".jailbreak.refuse_above"),
    ("{jailbreak: {send_above: 0.5}}", "`send_above` needs `send_to: MODEL`", ".jailbreak"),
    ("{jailbreak: {send_to: c}}", "unknown model `c`; models are: a, b", ".jailbreak.send_to"),
    (
        "{jailbreak: {refuse_above: {false_refusals: 0.000001}}}",
        "allow at least",
        ".jailbreak.refuse_above.false_refusals",
    ),
    ("{pii: {EMAIL_ADRESS: mask}}", "did you mean `EMAIL_ADDRESS`?", ".pii.EMAIL_ADRESS"),
    ("{jailbrake: refuse}", "did you mean `jailbreak`?", ".jailbrake"),
    ("{answer: {status: 404}}", "invalid enum value 404", ".answer.status"),
    ("{placeholders: keyed}", "`placeholder_key_env` go together", ".placeholder_key_env"),
    ("{placeholder_key_env: X}", "`placeholder_key_env` go together", ".placeholder_key_env"),
    (
        "{placeholders: keyed, placeholder_key_env: NOT_THERE}",
        "the environment variable NOT_THERE holds no secret of 16 characters or more",
        ".placeholder_key_env",
    ),
    ("{timeout_s: 0}", "expected `float` > 0.0", ".timeout_s"),
    ("{on_failure: ignore}", "it may be refuse, pass", ".on_failure"),
]


@pytest.mark.parametrize(("words", "message", "path"), WRONG)
def test_a_wrong_guard_says_what_is_wrong_and_where(
    words: str, message: str, path: str, refused: Refused
) -> None:
    said, where = refused(guarded(words))
    assert message in said
    assert where == f"$.policy.guard{path}"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            MODELS + "policy: {rules: [{name: r, guard: {pii: {X: mask}}}]}",
            "$.policy.rules[0].guard.pii.X",
        ),
        (MODELS + "tenants: {t: {guard: {pii: {X: mask}}}}", "$.tenants.t.guard.pii.X"),
        ("models: {a: {url: 'http://h/v1', pii: {X: mask}}}", "$.models.a.pii.X"),
        (MODELS + "policy: {rules: [{name: guard}]}", "$.policy.rules[0].name"),
    ],
)
def test_a_wrong_word_elsewhere_names_its_place(text: str, path: str, refused: Refused) -> None:
    assert refused(text)[1] == path


def test_keyed_placeholders_take_their_secret_from_the_environment(
    built: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACEHOLDERS", "s" * 16)
    words = "{pii: mask, placeholders: keyed, placeholder_key_env: PLACEHOLDERS}"
    assert built(guarded(words)).world.placeholder_key == b"s" * 16
