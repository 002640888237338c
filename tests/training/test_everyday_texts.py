import json
from collections import Counter
from typing import Any

from pointsman.training.attack_texts import TEXTS
from pointsman.training.everyday_texts import FILES, FRAMES_PER_TOPIC, everyday
from pointsman.training.questions import own_side
from pointsman.training.weights import DOMAINS


def subjects() -> list[tuple[str, dict[str, Any]]]:
    files = [json.loads((TEXTS / f"{name}.json").read_text(encoding="utf-8")) for name in FILES]
    return [(domain, pieces) for file in files for domain, pieces in file.items()]


def test_a_seed_gives_the_same_texts_and_another_seed_other_frames() -> None:
    assert list(everyday(3)) == list(everyday(3))
    assert list(everyday(3)) != list(everyday(4))


def test_every_domain_has_many_texts_and_no_other_label_occurs() -> None:
    counts = Counter(domain for _, domain, _ in everyday(0))
    assert set(counts) == set(DOMAINS)
    assert min(counts.values()) > 400


def test_every_request_comes_as_it_was_written() -> None:
    texts = set(everyday(1))
    for domain, pieces in subjects():
        assert {(text, domain, own_side(text)) for text in pieces["requests"]} <= texts


def test_every_topic_stands_in_some_different_frames_of_its_domain() -> None:
    texts = set(everyday(1))
    for domain, pieces in subjects():
        for topic in pieces["topics"]:
            framed = {
                (frame.replace("{topic}", topic), domain, own_side(topic))
                for frame in pieces["frames"]
            }
            assert len(framed & texts) >= FRAMES_PER_TOPIC, topic


def test_every_frame_has_one_place_for_a_topic_and_none_is_left_empty() -> None:
    for _, pieces in subjects():
        assert {frame.count("{topic}") for frame in pieces["frames"]} <= {1}
    assert not [text for text, _, _ in everyday(0) if "{topic}" in text]


def test_some_topics_are_kept_to_choose_with_in_all_of_their_frames() -> None:
    sides = {text: side for text, _, side in everyday(0)}
    assert 0.09 < list(sides.values()).count("choose") / len(sides) < 0.15
    for _, pieces in subjects():
        for topic in pieces["topics"]:
            framed = (frame.replace("{topic}", topic) for frame in pieces["frames"])
            assert {sides[text] for text in framed if text in sides} == {own_side(topic)}, topic


def test_no_text_speaks_for_two_domains() -> None:
    domains: dict[str, set[str]] = {}
    for text, domain, _ in everyday(0):
        domains.setdefault(text.lower(), set()).add(domain)
    assert [text for text, found in domains.items() if len(found) > 1] == []
