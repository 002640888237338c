import numpy as np
import pytest

from pointsman.statistics.category import category_table, fold_tables


def test_a_category_table_holds_means_and_fills_gaps_with_the_overall_mean() -> None:
    table = category_table(np.array([0, 0, 2]), np.array([1.0, 3.0, 8.0]), 4)
    assert table.tolist() == [2.0, 4.0, 8.0, 4.0]


def test_the_table_of_a_fold_knows_nothing_of_its_own_rows() -> None:
    categories, folds = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 1, 1, 0])
    tables = fold_tables(categories, np.array([100.0, 1.0, 3.0, 5.0, 7.0]), folds, 2, 2)
    assert tables.tolist() == [[2.0, 5.0], [100.0, 7.0]]


def test_a_fold_that_no_row_falls_on_learns_from_all() -> None:
    tables = fold_tables(np.zeros(2, np.intp), np.array([1.0, 3.0]), np.array([0, 1]), 1, 3)
    assert tables[:, 0].tolist() == [3.0, 1.0, 2.0]


def test_one_fold_alone_has_nothing_to_learn_from() -> None:
    with pytest.raises(ValueError, match="two folds"):
        fold_tables(np.zeros(2, np.intp), np.ones(2), np.ones(2, np.intp), 1, 2)
