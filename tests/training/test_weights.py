from pointsman.training import weights as w
from pointsman.training.weights import HEADS, Weights


def test_labels_are_sorted_and_of_the_size_the_heads_have() -> None:
    assert list(w.DOMAINS) == sorted(w.DOMAINS)
    assert {head.name: head.outputs for head in HEADS} == {
        "domain": len(w.DOMAINS),
        "outcome": len(w.OUTCOMES),
        "extra_tokens": 1,
    }


def test_layers_are_counted_from_the_names(tiny_weights: Weights) -> None:
    assert w.layer_count(tiny_weights) == 2


def test_the_same_seed_gives_the_same_heads() -> None:
    one, two, other = w.new_heads(8, 1), w.new_heads(8, 1), w.new_heads(8, 2)
    assert (one["heads.domain.weight"] == two["heads.domain.weight"]).all()
    assert (one["heads.domain.weight"] != other["heads.domain.weight"]).any()
