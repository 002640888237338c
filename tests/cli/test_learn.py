"""`pointsman learn`: from a file of rows to a signal that decides."""

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

TEMPLATES = (
    ("What is {0} plus {1}?", 1, 1),
    ("Prove that every graph with {0} vertices and {1} colours has a cycle.", 0, 1),
    ("Prove that {0} divides the product of {1} neighbours.", 0, 1),
    ("Name a town of {0} thousand people near {1} lakes.", 1, 0),
    ("Predict the price of {0} shares in {1} years.", 0, 0),
)
TICKETS = {
    "refund": "I want my money back for order {0}",
    "delivery": "Where is parcel number {0}? It should be here",
    "other": "Tell me joke number {0}",
}


def outcomes(count: int = 60) -> list[dict[str, Any]]:
    random, rows = np.random.default_rng(0), []
    for number in range(count):
        template, light, heavy = TEMPLATES[number % len(TEMPLATES)]
        text = template.format(number + 2, 3 * number + 5)
        odd = bool(random.random() < 0.05)
        rows.append({"text": text, "model": "small", "correct": light ^ odd, "tokens": 40})
        rows.append({"text": text, "model": "large", "mode": "on", "correct": heavy, "tokens": 500})
    return rows


def tickets(count: int = 6) -> list[dict[str, Any]]:
    return [
        {"text": text.format(1000 + 7 * number), "label": label}
        for label, text in TICKETS.items()
        for number in range(count)
    ]


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write rows as JSON Lines; give the path as a word."""

    def write(rows: list[dict[str, Any]], name: str = "rows.jsonl") -> str:
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        raw = lines.encode()
        (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return str(tmp_path / name)

    return write


def with_heads(config: str, heads: str, rule: str = "") -> None:
    text = Path(config).read_text(encoding="utf-8").replace("choose: static", "choose: gain")
    text = text.replace("  rules:\n", f"  rules:\n{rule}")
    Path(config).write_text(f"{text}heads: {heads}\n", encoding="utf-8")


def test_learned_labels_become_a_signal(
    run: Any, written: Any, config: str, tmp_path: Path
) -> None:
    out = tmp_path / "ticket.json"
    words = ("--labels", written(tickets()), "--name", "ticket", "--out", str(out), "-c", config)
    told = run("learn", *words)
    assert (told.status, told.err) == (0, "")
    assert "18 examples of 3 labels" in told.out
    assert "refund    6" in told.out
    assert "Verdict: right on " in told.out
    assert "  heads: {ticket: ticket.json}\n" in told.out
    rule = "    - {name: money, when: {ticket: refund, above: 0.5}, use: large}\n"
    with_heads(config, "{ticket: ticket.json}", rule)
    assert run("check", "-c", config).status == 0
    row = json.dumps({"text": "I want my money back for order 77"}).encode()
    found = run("classify", "-c", config, stdin=row).rows()[0]["ticket"]
    assert found["label"] == "refund"
    assert set(found["scores"]) == set(TICKETS)
    (routed,) = run("route", "-c", config, stdin=row).rows()
    assert routed["decision"]["rule"] == "money"
    assert routed["signals"]["ticket"]["label"] == "refund"
    explained = run("explain", "-c", config, "I want my money back for order 77").out
    assert "  ticket     refund " in explained
    assert "money: ticket.refund=" in explained


def test_a_policy_test_may_set_a_learned_signal(
    run: Any, written: Any, config: str, tmp_path: Path
) -> None:
    out = str(tmp_path / "ticket.json")
    run("learn", "--labels", written(tickets()), "--name", "ticket", "--out", out)
    rule = "    - {name: money, when: {ticket: refund, above: 0.5}, use: large}\n"
    with_heads(config, "{ticket: ticket.json}", rule)
    tests = tmp_path / "tests.yaml"
    tests.write_text(
        "- {name: set, text: hi, signals: {ticket: {refund: 0.9}}, expect: {rule: money}}\n"
    )
    told = run("check", "-c", config, "--tests", str(tests))
    assert told.status == 0
    assert "head ticket: 18 rows, right on " in told.out


def test_learned_gain_takes_the_place_of_the_shipped_one(
    run: Any, written: Any, config: str, tmp_path: Path
) -> None:
    out = tmp_path / "gain.json"
    told = run("learn", written(outcomes(), "rows.jsonl.gz"), "--out", str(out), "-c", config)
    assert (told.status, told.err) == (0, "")
    assert "60 questions answered by both small and large:on" in told.out
    assert "light is small: it has the smaller mean of output tokens: 40 against 500" in told.out
    assert "Extra output tokens, 460 on average of 60 questions" in told.out
    assert "Verdict: " in told.out
    row = json.dumps({"text": TEMPLATES[1][0].format(31, 7)}).encode()
    before = run("classify", "-c", config, stdin=row).rows()[0]["reasoning"]
    with_heads(config, "{gain: gain.json}")
    after = run("classify", "-c", config, stdin=row).rows()[0]["reasoning"]
    assert after["p_gain"] > before["p_gain"]
    assert after["extra_tokens"] == pytest.approx(460, rel=0.2)
    explained = run("explain", "-c", config, "Prove that 7 divides 42.").out
    assert "learned from your outcomes (gain.json, 60" in explained
    assert "public outcomes" not in explained


def test_machine_readable_output_holds_the_report(run: Any, written: Any, tmp_path: Path) -> None:
    out = str(tmp_path / "gain.json")
    told = run("learn", written(outcomes()), "--out", out, "--json")
    (said,) = told.rows()
    assert said["file"] == out
    assert said["report"]["questions"] == 60
    assert set(said["report"]["apgr"]) == {
        "learned head",
        "shipped head",
        "prompt length",
        "random",
    }
    head = json.loads(Path(out).read_text())
    assert (head["use"], head["verdict"]) == (said["use"], said["verdict"])
    assert head["report"] == said["report"]
    assert head["command"] == f"pointsman learn {tmp_path}/rows.jsonl --out {out}"


def test_without_out_there_is_only_the_report(run: Any, written: Any, tmp_path: Path) -> None:
    rows = written(tickets())
    told = run("learn", "--labels", rows, "--name", "ticket")
    assert told.status == 0
    assert told.out.endswith("\nNothing was written: --out FILE keeps the head.\n")
    (said,) = run("learn", "--labels", rows, "--name", "ticket", "--json").rows()
    assert said["file"] is None
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


def test_outcomes_without_tokens_leave_the_shipped_token_head(
    run: Any, written: Any, config: str, tmp_path: Path
) -> None:
    rows = [{k: v for k, v in row.items() if k != "tokens"} for row in outcomes()]
    out = str(tmp_path / "gain.json")
    words = ("--light", "small", "--heavy", "large", "--out", out)
    told = run("learn", written(rows), *words)
    assert told.status == 0
    assert "the shipped token head stands" in told.out
    with_heads(config, "{gain: gain.json}")
    assert (
        "(tokens: from public outcomes) learned from your" in run("explain", "-c", config, "x").out
    )


def test_a_table_is_read_as_well(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    lines = [f'"{r["text"]}",{r["model"]},{r["correct"]},{r["tokens"]}' for r in outcomes()]
    table.write_text("\n".join(["text,model,score,tokens", *lines]))
    told = run("learn", str(table), "--out", str(tmp_path / "gain.json"))
    assert told.status == 0
    assert "answered by both small and large\n" in told.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give OUTCOMES or --labels FILE"),
        (("a.jsonl", "--labels", "b.jsonl", "--name", "x"), "give OUTCOMES or --labels FILE"),
        (("--labels", "b.jsonl"), "--labels and --name go together"),
        (("a.jsonl", "--name", "x"), "--labels and --name go together"),
        (("--labels", "b", "--name", "x", "--light", "a"), "labelled examples have no arms"),
        (("--labels", "b", "--name", "domain"), "`domain` has a meaning already"),
        (("nowhere.jsonl",), "nowhere.jsonl: cannot be read: No such file or directory"),
    ],
)
def test_wrong_use_ends_with_2(words: tuple[str, ...], said: str, run: Any, tmp_path: Path) -> None:
    told = run("learn", *words, "--out", str(tmp_path / "x.json"))
    assert told.status == 2
    assert told.err.startswith("pointsman learn: ")
    assert said in told.err
    assert not (tmp_path / "x.json").exists()


def test_a_folder_that_is_not_there_is_named_before_anything_is_read(run: Any) -> None:
    told = run("learn", "nowhere.jsonl", "--out", "no/such/x.json")
    assert told.status == 2
    assert told.err == "pointsman learn: --out no/such/x.json: there is no folder no/such\n"


def test_a_file_that_cannot_be_written_is_named(run: Any, written: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    words = ("--labels", written(tickets()), "--name", "ticket", "--out", str(tmp_path / "taken"))
    told = run("learn", *words)
    assert told.status == 2
    assert "taken: cannot be written: Is a directory" in told.err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (outcomes(20), "20 questions have an outcome of both small and large:on, at least 50 are"),
        (
            [row for row in outcomes() if row["model"] == "small"],
            "expected outcomes of two arms, the file holds small (60 questions): record",
        ),
        (
            [row | {"correct": 1} for row in outcomes()],
            "there is no question that only large:on answers rightly and no question that only",
        ),
    ],
)
def test_outcomes_that_do_not_suffice_say_what_is_missing(
    rows: list[dict[str, Any]], said: str, run: Any, written: Any, tmp_path: Path
) -> None:
    told = run("learn", written(rows), "--out", str(tmp_path / "gain.json"))
    assert told.status == 2
    assert said in told.err


def test_a_label_with_too_few_examples_is_named(run: Any, written: Any, tmp_path: Path) -> None:
    words = ("--name", "ticket", "--out", str(tmp_path / "t.json"))
    told = run("learn", "--labels", written(tickets()[:-2]), *words)
    assert told.status == 2
    assert "each label needs at least 5 different texts; missing: other (1 more)" in told.err


def test_a_head_of_another_bundle_can_be_learned_again_with_the_same_config(
    run: Any, written: Any, config: str, tmp_path: Path
) -> None:
    out = tmp_path / "ticket.json"
    words = ("--labels", written(tickets()), "--name", "ticket", "--out", str(out), "-c", config)
    assert run("learn", *words).status == 0
    with_heads(config, "{ticket: ticket.json}")
    head = json.loads(out.read_text())
    head["bundle"]["version"] = "of old"
    out.write_bytes(msgspec.json.encode(head))
    told = run("check", "-c", config)
    assert told.status == 2
    assert "it was learned on the bundle " in told.err
    assert "of old (graph " in told.err
    assert "learn it again with `pointsman learn --labels FILE --name ticket" in told.err
    assert run("learn", *words).status == 0
    assert run("check", "-c", config).status == 0


def test_the_examples_of_the_docs_can_be_learned(run: Any, config: str, tmp_path: Path) -> None:
    examples = Path(__file__).parents[2] / "examples"
    labels = ("--labels", str(examples / "tickets.jsonl"), "--name", "ticket")
    for words, name in (((str(examples / "outcomes.jsonl"),), "gain"), (labels, "ticket")):
        assert run("learn", *words, "--out", str(tmp_path / f"{name}.json")).status == 0
    with_heads(config, "{gain: gain.json, ticket: ticket.json}")
    assert run("check", "-c", config).status == 0


@pytest.mark.parametrize("kind", ["category", "cluster"])
def test_a_learned_table_decides_and_says_where_it_comes_from(
    kind: str, run: Any, written: Any, config: str, tmp_path: Path
) -> None:
    rows = [row | {"model": "tiny" if row["model"] == "small" else "huge"} for row in outcomes()]
    rows = [row | {"mode": "high" if row["model"] == "huge" else "off"} for row in rows]
    out = tmp_path / f"{kind}.json"
    told = run("learn", written(rows), "--table", kind, "--out", str(out), "-c", config)
    assert (told.status, told.err) == (0, "")
    assert "60 questions of 2 arms" in told.out
    assert f"and in a rule: {{choose: {kind}}}" in told.out
    by_table = f"    - {{name: table, when: {{domain: math}}, choose: {kind}}}\n"
    with_heads(config, f"{{{kind}: {kind}.json}}", by_table)
    assert run("check", "-c", config).status == 0
    proof = json.dumps({"text": TEMPLATES[1][0].format(31, 7)}).encode()
    (routed,) = run("route", "-c", config, stdin=proof).rows()
    decision = routed["decision"]
    assert (decision["rule"], decision["algorithm"]) == ("table", kind)
    assert f"{kind} table of your outcomes ({kind}.json, 60 rows)" in decision["reasons"]
    head = json.loads(out.read_text())
    means = {arm["name"]: arm["mean"] for arm in head["arms"]}
    assert means["huge:high"] > means["tiny:off"]


def test_a_table_of_models_that_are_not_there_is_refused(
    run: Any, written: Any, config: str, tmp_path: Path
) -> None:
    out = str(tmp_path / "category.json")
    rows = [row | {"model": f"other-{row['model']}"} for row in outcomes()]
    assert run("learn", written(rows), "--table", "category", "--out", out).status == 0
    with_heads(config, "{category: category.json}")
    told = run("check", "-c", config)
    assert told.status == 2
    assert "its arms are other-large:on, other-small: none is a model of this config" in told.err


def test_the_dial_is_solved_from_what_was_learned(
    run: Any, written: Any, config: str, tmp_path: Path
) -> None:
    out = str(tmp_path / "gain.json")
    assert run("learn", written(outcomes(100)), "--out", out).status == 0
    with_heads(config, "{gain: gain.json}")
    text = Path(config).read_text(encoding="utf-8")
    dial = "policy:\n  prefer: {quality_loss_max: 0.2}\n"
    Path(config).write_text(text.replace("policy:\n", dial), encoding="utf-8")
    told = run("check", "-c", config, "--dial")
    assert told.status == 0
    assert (
        "solved from quality_loss_max 0.2: on 100 questions of your outcomes it loses" in told.out
    )
    assert "the dial, per request, on 100 questions of your outcomes" in told.out
    said = json.loads(run("check", "-c", config, "--dial", "--json").out)
    costs = [setting["cost"] for setting in said["dial"]]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]
