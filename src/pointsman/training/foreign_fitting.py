"""Fits the table of `signals.foreign` and the lines that blend it with the encoder's word.

Logistic regression with a squared penalty on hashed groups of characters, one label at a time, by
L-BFGS (Liu and Nocedal 1989). The lines are fitted on what the table says of texts whose pieces it
was not fitted on, so that it is not trusted more than it deserves (stacking: Wolpert 1992).
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from pointsman.signals.attacks import ATTACKS
from pointsman.signals.foreign import Line, StretchKind, foreign_part, gram_rows, kind_of, logit
from pointsman.statistics import calibrate
from pointsman.statistics.calibrate import Floats
from pointsman.training.foreign_texts import CAPTION, FOLDS, HARMLESS, OLDER, Row

BUCKETS = 1 << 16
CAPTION_WEIGHT = 0.25
"""Of a harmless caption beside a harmless request, which is what people send to a model."""

_STEPS = 40


class Rows(msgspec.Struct, frozen=True, eq=False):
    """Texts as both readers see them.

    Attributes:
        rows: Only those that the rule of `kind_of` calls foreign.
        kinds: What each is written in.
        bags: The table's rows of each.
        encoder: The logits of the encoder's probabilities, (rows, labels).
        label: See `foreign_texts.HARMLESS`, (rows,).
        fold: (rows,).
        weight: (rows,).
    """

    rows: tuple[Row, ...]
    kinds: tuple[StretchKind, ...]
    bags: tuple[NDArray[np.int64], ...]
    encoder: Floats
    label: NDArray[np.intp]
    fold: NDArray[np.intp]
    weight: Floats

    def latin(self) -> NDArray[np.bool_]:
        """Which are written in Latin letters, (rows,)."""
        return np.array([kind.latin for kind in self.kinds])

    def known(self, at: int) -> NDArray[np.bool_]:
        """Which say something of a label, (rows,): its attacks and the harmless.

        An attack of another kind is neither: a jailbreak may well hold a harmful wish.
        """
        return np.isin(self.label, (at, HARMLESS))


def laid_out(rows: Sequence[Row], scores: Sequence[Sequence[float]]) -> Rows:
    """Lay out the rows that are foreign.

    Args:
        rows: Texts of at most one stretch count with their first.
        scores: The encoder's probabilities of each, in the order of `ATTACKS`.
    """
    kinds = [kind_of(row.text) for row in rows]
    kept = [at for at, kind in enumerate(kinds) if kind.foreign]
    chosen = [rows[at] for at in kept]
    return Rows(
        tuple(chosen),
        tuple(kinds[at] for at in kept),
        tuple(gram_rows(foreign_part(rows[at].text, kinds[at]), BUCKETS) for at in kept),
        np.array([[logit(p) for p in scores[at]] for at in kept]).reshape(-1, len(ATTACKS)),
        np.array([row.label for row in chosen], dtype=np.intp),
        np.array([row.fold for row in chosen], dtype=np.intp),
        np.array([CAPTION_WEIGHT if row.kind == CAPTION else 1.0 for row in chosen]),
    )


def fit_table(rows: Rows, some: NDArray[np.bool_], penalty: float) -> tuple[Floats, Floats]:
    """The table (buckets, labels) and its biases (labels,), fitted on some of the rows.

    Args:
        rows: All.
        some: Which of them, (rows,).
        penalty: Of the squared weights, beside the sum of the rows' losses.
    """
    columns = [_fit_column(rows, some & rows.known(at), at, penalty) for at in range(len(ATTACKS))]
    weights, biases = zip(*columns, strict=True)
    return np.stack(weights, axis=1), np.array(biases)


def _fit_column(
    rows: Rows, some: NDArray[np.bool_], at: int, penalty: float
) -> tuple[Floats, float]:
    chosen = np.flatnonzero(some)
    bags = [rows.bags[row] for row in chosen]
    read, rarity = _Bags(bags), torch.from_numpy(_rarity(bags))[:, None]
    target = torch.from_numpy((rows.label[chosen] == at).astype(np.float64))
    weight = torch.from_numpy(rows.weight[chosen])
    table = torch.zeros(BUCKETS, 1, dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([table, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(
            read.logits(table * rarity, bias), target, weight=weight, reduction="sum"
        )
        total: Tensor = loss + penalty / 2 * (table * table).sum()
        torch.autograd.backward(total)
        return total

    optimiser.step(closure)
    return (table * rarity).detach().numpy()[:, 0], float(bias.detach()[0])


def _rarity(bags: Sequence[NDArray[np.int64]]) -> Floats:
    """What each row's weight is multiplied with, so that rare groups are penalised less.

    The inverse document frequency (Spärck Jones 1972): what a text is about stands in rare groups.
    """
    counts = np.bincount(np.concatenate(bags), minlength=BUCKETS)
    return np.asarray(1.0 + np.log((1.0 + len(bags)) / (1.0 + counts)))


class _Bags:
    """Bags of the table's rows, laid end to end for PyTorch."""

    def __init__(self, bags: Sequence[NDArray[np.int64]]) -> None:
        sizes = np.array([len(bag) for bag in bags])
        self._rows = torch.from_numpy(np.concatenate(bags))
        self._starts = torch.from_numpy(np.cumsum([0, *sizes[:-1]]))
        self._weights = torch.from_numpy(np.repeat(np.maximum(sizes, 1) ** -0.5, sizes))

    def logits(self, table: Tensor, bias: Tensor) -> Tensor:
        summed = functional.embedding_bag(
            self._rows, table, self._starts, mode="sum", per_sample_weights=self._weights
        )
        return summed[:, 0] + bias


def read_with(table: Floats, biases: Floats, rows: Rows) -> Floats:
    """What a table says of rows, (rows, labels)."""
    sums = [table[bag].sum(axis=0) / max(1, len(bag)) ** 0.5 for bag in rows.bags]
    return np.stack(sums) + biases


def held_out(rows: Rows, groups: NDArray[np.intp], penalty: float) -> Floats:
    """What tables say of each row that were fitted without its group, (rows, labels)."""
    found = np.zeros((len(rows.rows), len(ATTACKS)))
    for group in np.unique(groups):
        inside = groups == group
        table, biases = fit_table(rows, ~inside, penalty)
        found[inside] = read_with(table, biases, rows)[inside]
    return found


def by_fold(rows: Rows) -> NDArray[np.intp]:
    """The folds, for `held_out`."""
    return rows.fold % FOLDS


def log_loss(grams: Floats, rows: Rows) -> float:
    """The mean loss of all labels, in nats, of what tables say of rows not fitted on."""
    losses = []
    for at in range(len(ATTACKS)):
        known = rows.known(at)
        signs = np.where(rows.label[known] == at, 1.0, -1.0)
        each = np.logaddexp(0.0, -signs * grams[known, at])
        losses.append(float((each * rows.weight[known]).sum() / rows.weight[known].sum()))
    return float(np.mean(losses))


def fit_line(
    grams: Floats, rows: Rows, at: int, script: NDArray[np.bool_], refused: tuple[float, float]
) -> Line:
    """The line of one label for one kind of script.

    It is fitted by Platt's method; then its offset is moved so that the bundle's threshold lets
    through what it promises. That is a change of how common attacks are taken to be, and no more:
    half of our texts are attacks, and that is nobody's traffic.

    Args:
        grams: What tables say of rows not fitted on.
        rows: The rows.
        at: The label.
        script: Which rows are in this script.
        refused: The bundle's threshold for the label, and the share of harmless texts above it.
    """
    new = np.array([row.kind != OLDER for row in rows.rows])
    chosen = rows.known(at) & script & new
    columns = [grams[chosen, at], rows.encoder[chosen, at]]
    gram_weight, encoder_weight, offset = calibrate.fit_sigmoid(columns, rows.label[chosen] == at)
    harmless = (rows.label == HARMLESS) & script & new
    total = gram_weight * grams[harmless, at] + encoder_weight * rows.encoder[harmless, at] + offset
    above, share = refused
    bound = _quantile(total, rows.weight[harmless], 1.0 - share)
    return Line(gram_weight, encoder_weight, offset + logit(above) - bound)


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """The least value with at least such a share of the weight at or below it."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(reached, share)])
