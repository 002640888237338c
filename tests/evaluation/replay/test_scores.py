"""What each way of choosing says, on a handful of questions."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from pointsman.errors import ConfigError
from pointsman.evaluation.replay import scores
from pointsman.evaluation.replay.pairs import CHOICE_PAIRS, MODE_PAIRS
from pointsman.evaluation.replay.reader import Estimate, Seen
from pointsman.evaluation.replay.rows import Answer, Asked, Question, Recorded
from pointsman.evaluation.replay.scores import Foreseen, Replayed, policies, rankings, replayed
from pointsman.statistics.halves import share_of, stem_of

MakeReplay = Callable[..., Replayed]
PAIR = MODE_PAIRS[0]


def _question(key: str, category: str, light: float, heavy: float) -> Question:
    asked = Asked(key, f"Text {key}", stem_of(key), category, category)
    return Question(asked, Answer(light, 10.0), Answer(heavy, 30.0))


def _seen(domain: str, *, own: bool = False) -> Seen:
    other = {PAIR.name: Estimate(0.9, 0.1, 5.0)} if own else {}
    return Seen(domain, 25.0, 0.01, Estimate(0.3, 0.1, 200.0), other)


def _replayed(
    scored: Sequence[Question], known: Sequence[Question], *, crossed: bool = False
) -> Replayed:
    recorded = Recorded(PAIR, tuple(scored), tuple(known), crossed, 0)
    return replayed(recorded, {q.text: _seen("law") for q in scored})


def test_tables_are_learned_from_other_questions_and_looked_up_by_either_label() -> None:
    known = [
        _question("a", "math", 0, 1),
        _question("b", "math", 0, 0),
        _question("c", "law", 1, 0),
    ]
    found = _replayed([_question("d", "math", 1, 1), _question("e", "art", 1, 1)], known)
    assert found.true_table.tolist() == [0.5, 0.0]  # art was never seen: the overall mean
    assert found.own_table.tolist() == [-1.0, -1.0]  # the router said law of both


def test_a_crossed_table_has_no_part_of_the_question_it_scores() -> None:
    gains = {f"q{n}": float(n % 3 == 0) for n in range(30)}
    questions = [_question(key, "math", 0, gain) for key, gain in gains.items()]
    found = _replayed(questions, questions, crossed=True)
    folds = {key: int(10 * share_of(stem_of(key), "fold")) for key in gains}
    for key, said in zip(gains, found.true_table, strict=True):
        others = [gain for other, gain in gains.items() if folds[other] != folds[key]]
        assert said == pytest.approx(np.mean(others))


def test_too_few_questions_to_cross_are_told() -> None:
    one = [_question("a", "math", 0, 1)]
    with pytest.raises(ConfigError, match="too few"):
        _replayed(one, one, crossed=True)


def test_a_pairs_own_head_stands_for_ours_beside_the_generic_one() -> None:
    question = _question("a", "math", 0, 1)
    recorded = Recorded(PAIR, (question,), (question,), crossed=False, unanswered=0)
    plain = replayed(recorded, {question.text: _seen("math")})
    own = replayed(recorded, {question.text: _seen("math", own=True)})
    assert (plain.ours.score.tolist(), plain.generic) == ([pytest.approx(0.2)], None)
    assert own.ours.score.tolist() == [pytest.approx(0.8)]
    assert own.generic is not None
    assert own.generic.extra_tokens.tolist() == [200.0]
    assert scores.GENERIC in [ranking.name for ranking in rankings(own)]
    assert scores.GENERIC not in [ranking.name for ranking in rankings(plain)]


def test_lambda_weighs_tokens_as_shares_of_their_mean() -> None:
    said = Foreseen(np.array([0.2, 0.2, 0.5]), np.array([0.0, 0.1, 0.0]), np.array([1.0, 2.0, 3.0]))
    assert said.score.tolist() == pytest.approx([0.2, 0.1, 0.5])
    assert said.sent(0.0).tolist() == [1, 1, 1]
    assert said.sent(0.15).tolist() == [1, 0, 1]  # bounds 0.075, 0.15, 0.225
    assert said.sent(0.4).tolist() == [0, 0, 0]
    assert said.per_token.tolist() == pytest.approx([0.2, 0.05, 0.5 / 3])


def test_where_no_tokens_are_foreseen_every_gain_is_bought() -> None:
    said = Foreseen(np.array([0.2, 0.0]), np.zeros(2), np.zeros(2))
    assert said.sent(0.25).tolist() == [1, 0]
    assert said.per_token.tolist() == [0.2, 0.0]


def test_a_lambda_is_a_cut_in_gain_per_extra_token(make_replay: MakeReplay) -> None:
    replay = make_replay([0, 1, 0, 1], [1, 1, 0, 0], [0.4, 0.2, 0.3, 0.1])
    sent = replay.ours.sent(scores.MIDDLE)
    ranked = np.argsort(-replay.ours.per_token)
    assert sent[ranked].tolist() == sorted(sent.tolist(), reverse=True)


def test_choices_stand_in_order_and_scores_are_cut_at_our_share(make_replay: MakeReplay) -> None:
    replay = make_replay(
        [0, 1, 0, 1],
        [1, 1, 0, 0],
        [0.9, 0.2, 0.1, 0.01],
        domains=["math", "law", "physics", "other"],
    )
    found = {policy.name: policy for policy in policies(replay)}
    assert list(found) == [
        "always light", "always heavy", "random", "prompt length", "category table, true label",
        "category table, own domain head", "reference's hand table, true label",
        "ours, lambda 0.05", "ours, lambda 0.15", "ours, lambda 0.25", "ours, gain alone", "oracle",
    ]  # fmt: skip
    share = found["ours, lambda 0.15"].sent.mean()
    assert share == 0.5
    assert found["random"].sent.tolist() == [share] * 4
    assert found["prompt length"].sent.tolist() == [0, 0, 1, 1]
    assert found["category table, true label"].sent.tolist() == [share] * 4  # it knows one value
    assert found["reference's hand table, true label"].sent.tolist() == [1, 0, 1, 0]
    assert found["oracle"].sent.tolist() == [1, 0, 0, 0]
    asks = {name for name, policy in found.items() if policy.asks}
    assert asks == {"category table, own domain head"} | {n for n in found if n.startswith("ours")}


@pytest.mark.parametrize("pair", [MODE_PAIRS[1], CHOICE_PAIRS[0]])
def test_the_hand_table_is_for_the_mode_question_on_its_own_questions_alone(
    pair: object, make_replay: MakeReplay
) -> None:
    assert make_replay([0], [1], [0.5], pair=pair).hand_table is None


def test_a_generic_head_gets_its_own_rows(make_replay: MakeReplay) -> None:
    replay = make_replay([0, 1], [1, 1], [0.4, 0.3], generic=True)
    assert "ours, generic head, lambda 0.15" in [policy.name for policy in policies(replay)]
