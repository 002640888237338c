"""Learned tables of outcomes: which of their arms are models here, and who chooses by them."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pointsman.catalog.models import Catalog, Model
from pointsman.config.build import load_setup
from pointsman.config.heads import mark_of
from pointsman.config.load import Source
from pointsman.config.tables import tables_of
from pointsman.encoder.bundle import Bundle
from pointsman.errors import ConfigError
from pointsman.policy.tables import Row
from pointsman.signals.head_file import Head, Linear, TableArm, TableHead, layer_of, written_head

CONFIG = """
models:
  small: {url: "http://h/v1", family: qwen3, usd_per_million: {output: 1}}
  large: {url: "http://h/v1", family: qwen3, name: "org/large", usd_per_million: {output: 9}}
"""
CHOOSES = "policy: {{rules: [{{name: all, choose: {}}}]}}\n"


def arm(name: str, p_math: float = 0.5) -> TableArm:
    return TableArm(name, 0.6, {"math": p_math, "law": 0.7}, {"math": 90.0, "law": 40.0}, 50)


def a_table(bundle: Bundle, *arms: TableArm, clusters: bool = False) -> TableHead:
    width = bundle.manifest.embedding.size
    return TableHead(
        format=1,
        name="cluster" if clusters else "category",
        signal="cluster" if clusters else "domain",
        labels=("math", "law"),
        bundle=mark_of(bundle),
        layer=layer_of(Linear(np.zeros((width, 2)), np.zeros(2))) if clusters else None,
        arms=arms or (arm("small:on"), arm("org/large")),
        rows=120,
        use=True,
        verdict="fine",
        report={},
        command="pointsman learn",
    )


@pytest.fixture(scope="session")
def catalog(a_model: Callable[..., Model]) -> Catalog:
    return Catalog(
        {"small": a_model("small"), "large": a_model("large", upstream_name="org/large")}
    )


def test_the_arms_that_are_models_here_are_its_rows(catalog: Catalog, bundle: Bundle) -> None:
    head = a_table(bundle, arm("small:on", 0.9), arm("org/large"), arm("gone:on"))
    heads: dict[str, Head] = {"category": head}
    tables = tables_of(heads, {"category": "t.json"}, catalog, Source("x", ""))
    table = tables["category"]
    assert table.signal == "domain"
    assert table.basis == "category table of your outcomes (t.json, 120 rows)"
    assert set(table.rows) == {("small", "on", None), ("large", "off", None)}
    assert table.rows["small", "on", None] == Row(
        {"math": 0.9, "law": 0.7}, {"math": 90.0, "law": 40.0}, 0.6
    )


def test_a_table_of_other_models_is_refused_with_their_names(
    catalog: Catalog, bundle: Bundle
) -> None:
    heads: dict[str, Head] = {"category": a_table(bundle, arm("gone:on"), arm("small:high"))}
    source = Source("pointsman.yaml", "heads:\n  category: t.json\n")
    with pytest.raises(ConfigError) as caught:
        tables_of(heads, {"category": "t.json"}, catalog, source)
    assert caught.value.message.startswith("pointsman.yaml:2: its arms are gone:on, small:high: no")
    assert "name the models as in the outcomes, or set `name`" in caught.value.message
    assert caught.value.param == "$.heads.category"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a config with one table; give its path."""

    def build(head: TableHead, choose: str, name: str | None = None) -> Path:
        (tmp_path / "t.json").write_bytes(written_head(head))
        path = tmp_path / "pointsman.yaml"
        path.write_text(
            f"{CONFIG}heads: {{{name or head.name}: t.json}}\n" + CHOOSES.format(choose)
        )
        return path

    return build


@pytest.mark.parametrize(("clusters", "signal"), [(False, "domain"), (True, "cluster")])
def test_what_a_table_is_looked_up_by_is_measured_where_a_rule_chooses_by_it(
    write: Callable[..., Path], bundle: Bundle, *, clusters: bool, signal: str
) -> None:
    head = a_table(bundle, clusters=clusters)
    world = load_setup(write(head, head.name)).world
    assert {detector.name for detector in world.detectors} == {signal, "reasoning", "surface"}
    assert world.policy.tables[head.name].signal == signal
    idle = load_setup(write(head, "static")).world
    assert {detector.name for detector in idle.detectors} == {"surface"}


def test_a_rule_that_chooses_by_the_other_table_is_refused(
    write: Callable[..., Path], bundle: Bundle
) -> None:
    with pytest.raises(ConfigError, match="`choose: cluster` looks up a table of your outcomes"):
        load_setup(write(a_table(bundle), "cluster"))


@pytest.mark.parametrize("name", ["gain", "cluster", "ticket"])
def test_a_table_stands_under_its_own_name_alone(
    name: str, write: Callable[..., Path], bundle: Bundle
) -> None:
    with pytest.raises(ConfigError, match="table of outcomes, which stands under the name `categ"):
        load_setup(write(a_table(bundle), "static", name))


def test_a_table_of_another_bundle_says_how_to_learn_it_again(
    write: Callable[..., Path], bundle: Bundle
) -> None:
    head = a_table(bundle)
    other = msgspec.structs.replace(head.bundle, graph_sha256="00" * 32)
    with pytest.raises(ConfigError, match="`pointsman learn OUTCOMES --table category --out"):
        load_setup(write(msgspec.structs.replace(head, bundle=other), "category"))


def test_what_a_table_says_is_part_of_the_policys_hash(
    write: Callable[..., Path], bundle: Bundle
) -> None:
    one, other = (a_table(bundle, arm("small:on", p)) for p in (0.5, 0.6))
    hashes = [load_setup(write(head, "category")).world.policy_hash for head in (one, one, other)]
    assert hashes[0] == hashes[1] != hashes[2]
