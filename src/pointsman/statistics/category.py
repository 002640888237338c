"""What a score must beat: one number per category, learned from other questions."""

import numpy as np

from pointsman.statistics.calibrate import Floats, Indices


def category_table(categories: Indices, values: Floats, classes: int) -> Floats:
    """The mean value of each category, (classes,); a category never seen gets the overall mean."""
    counts = np.bincount(categories, minlength=classes)
    sums = np.bincount(categories, weights=values, minlength=classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), values.mean())


def fold_tables(
    categories: Indices, values: Floats, folds: Indices, classes: int, most: int
) -> Floats:
    """For each fold, the table that the rows of the other folds give, (most, classes).

    So a row never has a part in the number that its category is given where it is scored.

    Args:
        categories: Of each row, below `classes`, (rows,).
        values: Of each row, (rows,).
        folds: Of each row, below `most`, (rows,).
        classes: How many categories there are.
        most: How many folds there are.

    Raises:
        ValueError: A fold holds every row, so that none is left to learn from.
    """
    if (np.bincount(folds, minlength=most) == len(folds)).any():
        raise ValueError("expected rows in two folds or more, got all of them in one")
    tables = [
        category_table(categories[folds != at], values[folds != at], classes) for at in range(most)
    ]
    return np.stack(tables)
