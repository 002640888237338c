from pointsman.encoder.tagging import span_types
from pointsman.training import weights as w
from pointsman.training.weights import EXPORTED, RECORDED, Weights


def test_labels_are_sorted_and_of_the_size_the_heads_have() -> None:
    assert list(w.DOMAINS) == sorted(w.DOMAINS)
    assert list(w.PII_TYPES) == sorted(w.PII_TYPES)
    assert {head.name: head.outputs for head in EXPORTED} == {
        "domain": len(w.DOMAINS),
        "outcome": len(w.OUTCOMES),
        "extra_tokens": 1,
        "attacks": len(w.ATTACKS),
        "pii": 1 + 2 * len(w.PII_TYPES),
    }
    assert RECORDED not in EXPORTED


def test_the_serving_code_finds_the_types_in_the_tags() -> None:
    assert span_types(w.TAGS) == w.PII_TYPES


def test_layers_are_counted_from_the_names(tiny_weights: Weights) -> None:
    assert w.layer_count(tiny_weights) == 2


def test_every_head_has_weights_of_its_shape_and_the_guard_its_own_attention() -> None:
    heads = w.new_heads(8, 1)
    for head in (*EXPORTED, RECORDED):
        assert heads[f"heads.{head.name}.weight"].shape == (head.outputs, 8)
        assert heads[f"heads.{head.name}.bias"].tolist() == [0.0] * head.outputs
    assert heads["heads.attacks.query"].shape == heads["heads.attacks.attended"].shape == (3, 8)
    assert len(heads) == 2 * len((*EXPORTED, RECORDED)) + 2


def test_the_same_seed_gives_the_same_heads() -> None:
    one, two, other = w.new_heads(8, 1), w.new_heads(8, 1), w.new_heads(8, 2)
    assert (one["heads.domain.weight"] == two["heads.domain.weight"]).all()
    assert (one["heads.domain.weight"] != other["heads.domain.weight"]).any()
