"""The guards: which pairs one answer may serve, and which guard keeps the others apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.cache.match import GUARDS, LONGEST, compare, differs

SERVED = [
    ("What is osmosis?", "Define osmosis."),
    ("What is osmosis?", "what's osmosis"),
    ("Can you explain osmosis?", "Give me an explanation of osmosis."),
    ("Could you describe what osmosis means?", "I'd like to understand osmosis."),
    ("Please tell me what osmosis is.", "Explain osmosis to me, thanks"),
    ("How do I sort a list in Python?", "how to sort lists in python"),
    ("Hi, could you please tell me how to boil an egg", "How can I boil an egg?"),
    ("Convert 5 km to miles", "convert 5km to miles"),
    ("Convert 5 km to miles", "Convert five kilometers to miles"),
    ("I have twenty-one apples, what now?", "I have 21 apples, what now?"),
    ("He came 3rd, is that good?", "He came third, is that good?"),
    ("Is 1,000 a lot?", "Is 1000 a lot?"),
    ("Who wrote Hamlet?", "who wrote hamlet"),
    ("A woman is grating onions.", "The woman grates an onion."),
    ("Two kids kick a ball", "Two children are kicking the ball."),
    ("What color is the sky?", "What colour is the sky"),
    ("Why isn't the sky green?", "Why is not the sky green?"),
    ("Where can I buy a big car?", "Where can I purchase a large car?"),
    ("Why did it stop at 5%?", "Why did it stop at 5 percent?"),
    ("the population of the U.S. in 1990", "The population of the US in 1990"),
]


@pytest.mark.parametrize(("one", "other"), SERVED)
def test_one_answer_serves_both(one: str, other: str) -> None:
    assert differs(one, other) is differs(other, one) is None


APART = [
    ("language", "Was kostet das Haus in der Stadt?", "was kostet das haus in der stadt"),
    ("language", "python list sort", "Python list sort"),
    ("language", "Что такое осмос?", "что такое осмос?"),
    ("code", "for x in y:\n  print(x)", "for x in y:\n    print(x)"),
    ("literals", "Translate 'dog' to French", "Translate 'cat' to French"),
    ("literals", "What does `a = 1` do?", "What does `a = 2` do?"),
    ("literals", "What is x^2 + 1?", "What is x^2 - 1?"),
    ("literals", "What happens if p < 0.05?", "What happens if p > 0.05?"),
    ("literals", "What is C++?", "What is C#?"),
    ("literals", "What is 5!?", "What is 5?"),
    ("literals", "Who runs https://a.org?", "Who runs https://b.org?"),
    ("literals", "What does get_user do?", "What does set_user do?"),
    ("literals", "How good is GPT-4?", "How good is GPT-5?"),
    ("numbers", "How long to boil 2 eggs?", "How long to boil 3 eggs?"),
    ("numbers", "How long to boil two eggs?", "How long to boil three eggs?"),
    ("numbers", "What is new in Python 3.10?", "What is new in Python 3.1?"),
    ("numbers", "What is 7 minus 2?", "What is 2 minus 7?"),
    ("numbers", "What is -5 plus 3?", "What is 5 plus 3?"),
    ("numbers", "The meeting at 7:30 on May 5", "The meeting at 7:30 on May 6"),
    ("numbers", "Who was the first king?", "Who was the second king?"),
    ("numbers", "What is half of it?", "What is a quarter of it?"),
    ("units", "Convert 5 km to pounds", "Convert 5 kg to pounds"),
    ("units", "What is the best phone under $500?", "What is the best phone under €500?"),
    ("units", "How far is it in 5 hours?", "How far is it in 5 minutes?"),
    ("comparison", "Name at least five rivers", "Name at most five rivers"),
    ("comparison", "Is it more than 5 miles?", "Is it less than 5 miles?"),
    ("negation", "How do I sort a list?", "How do I not sort a list?"),
    ("negation", "Who can log in?", "Who can't log in?"),
    ("negation", "Is there sugar in it?", "Is there no sugar in it?"),
    ("negation", "All of the eggs without salt", "All of the eggs"),
    ("negation", "Does nobody win?", "Does nothing win?"),
    ("opposites", "How can I increase my weight?", "How can I decrease my weight?"),
    ("opposites", "What are the advantages of tea?", "What are the disadvantages of tea?"),
    ("opposites", "Can I take it before meals?", "Can I take it after meals?"),
    ("opposites", "How do I turn on wifi?", "How do I turn off wifi?"),
    ("asked", "Who wrote it?", "When was it written?"),
    ("asked", "Is it legal to grow?", "It is legal to grow."),
    ("asked", "Explain recursion in French", "Explain recursion"),
    ("asked", "Give me a list of fruits", "Give me a table of fruits"),
    ("asked", "What do cats eat?", "What cats eat?"),
    ("names", "Is the capital of France old?", "Is the capital of Spain old?"),
    ("names", "Does it help US firms?", "Does it help us firms?"),
    ("words", "What is osmosis?", "What is a black hole?"),
    ("words", "What is osmosis?", "What is the history of osmosis?"),
    ("words", "Is it fair to Ann?", "Is it unfair to Ann?"),
    ("words", "What is a synonym of big?", "What is a synonym of large?"),
    ("words", "Do big and tall differ?", "Do large and tall differ?"),
    ("words", "Is Bob hired by Ann?", "Is Bob hiring by Ann?"),
    ("words", "What is this?", "What are these?"),
    ("order", "Does Germany beat France?", "Does France beat Germany?"),
    ("order", "Find flights from Paris to London", "Find flights from London to Paris"),
    ("order", "A cat chases the dog", "The dog chases a cat"),
    ("relations", "Who is the president of France?", "Who was the president of France?"),
    ("relations", "Should I buy gold?", "Can I buy gold?"),
    ("relations", "Is it a fox and a dog?", "Is it a fox or a dog?"),
    ("relations", "What is your name?", "What is my name?"),
    ("relations", "Find flights from Paris", "Find flights to Paris"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "one", "other"), APART)
def test_a_guard_keeps_questions_apart_in_both_directions(why: str, one: str, other: str) -> None:
    assert differs(one, other) == differs(other, one) == why


def test_every_guard_is_tried() -> None:
    assert {name for name, _ in GUARDS} <= {why for why, *_ in APART}


def test_the_same_text_differs_in_nothing() -> None:
    text = 'In 2012, the US bought 5 "ships" of at least 3 tons, and not one of them from C++.'
    assert differs(text, text) is None


def test_texts_too_long_are_not_read() -> None:
    text = "the " * (LONGEST // 4) + "end"
    found = compare(text, text)
    assert (found.why_not, found.asked.words) == ("length", ())


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_guards_say_the_same_in_both_directions_of_any_texts(one: str, other: str) -> None:
    assert differs(one, other) == differs(other, one)


@given(st.text(alphabet=st.sampled_from("ab1.5@-(/'\" "), max_size=200))
def test_a_reason_is_a_word_of_ours(text: str) -> None:
    why = differs(text, "What is osmosis?")
    assert why in {"length", "language", "code", *(name for name, _ in GUARDS)}
