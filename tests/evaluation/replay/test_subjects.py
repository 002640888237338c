from pointsman.encoder.bundle import load_bundle
from pointsman.evaluation.replay.subjects import DOMAIN_OF


def test_there_are_57_subjects_and_every_domain_has_some() -> None:
    assert len(DOMAIN_OF) == 57
    assert set(DOMAIN_OF.values()) == set(load_bundle().labels()["domain"])
