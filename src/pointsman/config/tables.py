"""Turns learned tables of outcomes into what the policy looks up."""

from collections.abc import Mapping

from pointsman.catalog.models import Catalog
from pointsman.config.dial import target_of
from pointsman.config.load import Source
from pointsman.policy.tables import Arm, Row, Table
from pointsman.signals.head_file import Head, TableHead


def tables_of(
    heads: Mapping[str, Head], files: Mapping[str, str], catalog: Catalog, source: Source
) -> dict[str, Table]:
    """Return the tables of a config, by their name.

    Raises:
        ConfigError: None of a table's arms is a model of the catalog.
    """
    tables = {}
    for name, head in heads.items():
        if not isinstance(head, TableHead):
            continue
        rows: dict[Arm, Row] = {}
        for arm in head.arms:
            target = target_of(arm.name, catalog)
            if target is not None:
                key = (target.model, target.reasoning.mode, target.reasoning.effort)
                rows[key] = Row(arm.p_correct, arm.tokens, arm.mean)
        if not rows:
            arms = ", ".join(arm.name for arm in head.arms)
            raise source.error(
                f"its arms are {arms}: none is a model of this config; name the models as in the "
                "outcomes, or set `name`",
                f"$.heads.{name}",
            )
        tables[name] = Table(
            head.signal, rows, f"{name} table of your outcomes ({files[name]}, {head.rows} rows)"
        )
    return tables
