"""What `bench guard` found, as plain data: the shape of its JSON."""

import msgspec

from pointsman.evaluation.rows import RowsFile
from pointsman.evaluation.shares import Estimate, Share
from pointsman.statistics.thresholds import Threshold


class Ranking(msgspec.Struct, frozen=True):
    """How well one reader's scores separate; None where one side has no rows.

    Attributes:
        attacks: AUC of jailbreaks and injections against all harmless rows.
        recall_at_1: Share of these attacks above the score that 1 % of the harmless rows exceed.
        recall_at_5: The same for 5 %.
        harmful: AUC of plainly harmful rows against all harmless rows.
    """

    reader: str
    attacks: Estimate | None
    recall_at_1: Estimate | None
    recall_at_5: Estimate | None
    harmful: Estimate | None


class Refused(msgspec.Struct, frozen=True):
    """Rows of one label, and maybe one group: the share refused at the shipped thresholds.

    Attributes:
        refused: Where any of the three is above its threshold: recall for attacks, false refusals
            for harmless rows.
        above: The share above each threshold.
        keywords: The share that the list of words catches.
    """

    label: str
    group: str
    refused: Share
    above: dict[str, float]
    keywords: float


class Sides(msgspec.Struct, frozen=True):
    """Rows of one group, whatever their labels: recall with the false refusals beside it.

    None where the group has no such rows.

    Attributes:
        group: Its source; of the packaged sets its kind or its language.
        attacks: The share of jailbreaks and injections refused at the shipped thresholds.
        harmful: The same of plainly harmful rows.
        harmless: The same of harmless rows, benign and benign_hard: false refusals.
        keywords: The share of jailbreaks and injections that the list of words catches.
        keywords_harmless: The share of harmless rows that it catches.
    """

    group: str
    attacks: Share | None
    harmful: Share | None
    harmless: Share | None
    keywords: float | None
    keywords_harmless: float | None


class Indirect(msgspec.Struct, frozen=True):
    """Injections that hide in a text, and texts of the same kinds without one.

    Attributes:
        refused: The share of the injections that is refused.
        harmless: The share of the texts without one that is refused.
        ranking: AUC of the ones against the others.
    """

    refused: Share
    harmless: Share | None
    ranking: Estimate | None


class GuardScores(msgspec.Struct, frozen=True):
    """One set of texts.

    Attributes:
        groups: By label and group.
        sides: By group alone.
        calibration_error: Of each of `ATTACKS`: rows with that label against the harmless ones.
    """

    rows: RowsFile
    rankings: tuple[Ranking, ...]
    labels: tuple[Refused, ...]
    groups: tuple[Refused, ...]
    calibration_error: dict[str, float | None]
    sides: tuple[Sides, ...]


class Solved(msgspec.Struct, frozen=True):
    """Thresholds solved from the file's harmless rows for a rate of false refusals.

    Attributes:
        thresholds: One for each of `ATTACKS`, each with the rate by itself.
        harmless: The share of harmless rows above any of them.
        refused: The share of the other rows above any of them, by label.
    """

    thresholds: dict[str, Threshold]
    harmless: Share
    refused: dict[str, Share]


class GuardReport(msgspec.Struct, frozen=True):
    """One run: the shipped thresholds, the file, the packaged sets.

    Attributes:
        foreign: The packaged set in other languages than English; its groups are languages.
    """

    benchmark: str
    bundle: str
    thresholds: dict[str, Threshold]
    data: GuardScores
    unseen: GuardScores
    indirect: Indirect
    solved: Solved | None
    foreign: GuardScores
