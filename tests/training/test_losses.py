"""Each term by hand; not collected where the extra `train` is not installed (see conftest)."""

import math

import pytest
import torch
from torch import Tensor

from pointsman.training import losses
from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.weights import ATTACKS, HEADS, RECORDED, TAGS

LN2 = math.log(2)
PIECES = 4
NO_TAGS = torch.full((1, PIECES), NO_LABEL)


def flat(rows: int = 1) -> dict[str, Tensor]:
    """Outputs that know nothing: every label is as likely as any other."""
    heads = {head.name: torch.zeros(rows, head.outputs) for head in (*HEADS, RECORDED)}
    return heads | {
        "attacks": torch.zeros(rows, len(ATTACKS)),
        "pii": torch.zeros(rows, PIECES, len(TAGS)),
    }


def loss(example: Example, heads: dict[str, Tensor], tags: Tensor = NO_TAGS) -> float:
    return float(losses.task_loss(heads, losses.labels_of([example]), torch.tensor([0]), tags))


def test_a_row_without_a_label_adds_nothing() -> None:
    heads = {name: torch.randn_like(output) for name, output in flat().items()}
    assert loss(Example("e", (), "s", "train"), heads) == 0.0


def test_the_domain_counts_its_cross_entropy() -> None:
    example = Example("e", (), "s", "train", domain=3)
    assert loss(example, flat()) == pytest.approx(math.log(14))
    sure = flat()
    sure["domain"][0, 3] = math.log(13.0)  # now as likely as all others together
    assert loss(example, sure) == pytest.approx(LN2)


def test_the_outcome_counts_by_its_weight() -> None:
    example = Example("e", (), "s", "train", outcome=1, outcome_weight=0.25)
    assert loss(example, flat()) == pytest.approx(0.25 * math.log(4))


@pytest.mark.parametrize(
    ("said", "smooth"), [(0.0, math.log1p(9.0) - 0.5), (math.log1p(9.0) + 0.6, 0.5 * 0.6**2)]
)
def test_tokens_count_smoothly_on_the_log_scale_and_by_the_outcomes_weight(
    said: float, smooth: float
) -> None:
    weight = 0.5
    example = Example("e", (), "s", "train", outcome=0, outcome_weight=weight, extra_tokens=9.0)
    heads = flat()
    heads["extra_tokens"][0, 0] = said
    expected = weight * math.log(4) + losses.TOKENS_WEIGHT * weight * smooth
    assert loss(example, heads) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("labels", "known"), [((0, 0, 0), 3), ((1, -1, -1), 1), ((0, 0, 1), 3), ((), 0)]
)
def test_attacks_are_summed_over_the_labels_that_are_known(
    labels: tuple[int, ...], known: int
) -> None:
    example = Example("e", (), "s", "train", attacks=labels)
    assert loss(example, flat()) == pytest.approx(losses.ATTACKS_WEIGHT * known * LN2)


def test_an_attack_that_is_seen_costs_less_than_one_that_is_missed() -> None:
    example = Example("e", (), "s", "train", attacks=(1, -1, -1))
    seen, missed = flat(), flat()
    seen["attacks"][0, 0], missed["attacks"][0, 0] = 3.0, -3.0
    assert loss(example, seen) == pytest.approx(math.log1p(math.exp(-3)))
    assert loss(example, missed) == pytest.approx(math.log1p(math.exp(3)))


def test_recorded_models_count_with_their_mean() -> None:
    example = Example("e", (), "s", "train", recorded=(1, -1, 0))
    heads = flat()
    heads["recorded"][0, 2] = 2.0
    mean = (LN2 + math.log1p(math.exp(2))) / 2
    assert loss(example, heads) == pytest.approx(losses.RECORDED_WEIGHT * mean)


def test_tags_count_with_the_mean_over_the_rows_tagged_pieces() -> None:
    heads, tags = flat(), torch.tensor([[NO_LABEL, 0, 5, NO_LABEL]])
    heads["pii"][0, 2, 5] = math.log(len(TAGS) - 1.0)
    mean = (math.log(len(TAGS)) + LN2) / 2
    expected = losses.TAGS_WEIGHT * mean
    assert loss(Example("e", (), "s", "train"), heads, tags) == pytest.approx(expected)


def test_the_loss_of_a_batch_is_the_mean_over_its_rows_and_rows_pick_their_labels() -> None:
    examples = [
        Example("a", (), "s", "train", domain=0),
        Example("b", (), "s", "train", attacks=(0, 0, 0)),
        Example("c", (), "s", "train", outcome=2, outcome_weight=1.0),
    ]
    found = losses.task_loss(
        flat(2), losses.labels_of(examples), torch.tensor([2, 0]), NO_TAGS.expand(2, -1)
    )
    assert float(found) == pytest.approx((math.log(4) + math.log(14)) / 2)


def test_what_is_not_known_leaves_every_gradient_finite() -> None:
    heads = {name: output.requires_grad_() for name, output in flat(2).items()}
    examples = [
        Example("a", (), "s", "train"),
        Example("b", (), "s", "train", outcome=0, outcome_weight=1.0, extra_tokens=2.0),
    ]
    rows, tags = torch.tensor([0, 1]), NO_TAGS.expand(2, -1)
    torch.autograd.backward(losses.task_loss(heads, losses.labels_of(examples), rows, tags))
    for name, output in heads.items():
        assert output.grad is not None, name
        assert bool(output.grad.isfinite().all()), name
        assert not bool(output.grad[0].any()), name


def test_labels_shorter_than_the_head_are_unknown_beyond_their_end() -> None:
    labels = losses.labels_of([Example("a", (), "s", "train", recorded=(1, 0))])
    assert labels.recorded.tolist() == [[1, 0, *[NO_LABEL] * (RECORDED.outputs - 2)]]
    assert labels.attacks.tolist() == [[NO_LABEL] * len(ATTACKS)]
    assert bool(labels.log_tokens.isnan().all())


def test_an_encoding_is_kept_by_its_direction_alone() -> None:
    published = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0], [0.0, 2.0]])
    ours = torch.tensor([[5.0, 0.0], [0.0, 3.0], [0.0, -1.0], [0.0, -2.0]])
    assert float(losses.kept_loss(ours, published)) == pytest.approx((0 + 1 + 2 + 2) / 4)


def test_pairs_are_held_to_the_cosine_that_they_should_have() -> None:
    left = torch.tensor([[2.0, 0.0], [1.0, 0.0]])
    right = torch.tensor([[1.0, 1.0], [0.0, 4.0]])
    near = torch.tensor([0.5, 0.4])
    expected = ((math.sqrt(0.5) - 0.5) ** 2 + 0.4**2) / 2
    assert float(losses.pairs_loss(left, right, near)) == pytest.approx(expected)
