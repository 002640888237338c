"""The demo's table: what was decided and why, what it took, what always-big would have taken."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pointsman.demo.run import BIG, Row
from pointsman.signals.findings import Measure, Scores

_OK = 200


def show_rows(rows: Sequence[Row], console: Console) -> None:
    """Print one line per request, then the sums."""
    table = Table(
        title="What was decided, and why", title_justify="left", title_style="bold", pad_edge=False
    )
    table.add_column("prompt", no_wrap=True, max_width=44)
    table.add_column("sent to", no_wrap=True)
    table.add_column("why", overflow="fold")
    for name in ("tokens", "always big", "US$", "always big", "saved"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)
    _show_sums(rows, console)


def _cells(row: Row) -> tuple[Text | str, ...]:
    record = row.record
    thinks = record.reasoning.startswith("on")
    target = Text(record.model, style="bold magenta" if record.model == BIG else "bold")
    if record.reasoning != "default":
        target.append(f" {_short(record.reasoning)}", style="yellow" if thinks else "dim")
    if not record.model:
        target = Text("refused", style="bold red")
    if row.status != _OK:
        target.append(f" HTTP {row.status}", style="red")
    saved = 1 - row.usd / row.usd_baseline if row.usd_baseline else 0.0
    return (
        Text(_prompt(row)),
        target,
        Text(_why(row)),
        str(row.usage.completion_tokens),
        str(row.baseline.completion_tokens),
        f"{row.usd:.6f}",
        f"{row.usd_baseline:.6f}",
        Text(f"{saved:.0%}", style="green" if saved > 0 else "red"),
    )


def _prompt(row: Row) -> str:
    """Return how the prompt begins, or what it is where its text would not say."""
    content = row.request.body["messages"][-1]["content"]
    if isinstance(content, str) and row.request.group not in {"long context", "tools", "guard"}:
        return " ".join(content.split())
    return f"[{row.request.group}: {row.request.title}]"


def _short(reasoning: str) -> str:
    said = {"on": "thinks", "off": "no thinking"}
    return said.get(reasoning, reasoning.replace("on ", "thinks "))


def _why(row: Row) -> str:
    record = row.record
    if not record.model:
        return f"guard: {', '.join(record.guard.reasons)}"
    if record.rule == "named":
        return "the request names it"
    domain, reasoning = record.signals.get("domain"), record.signals.get("reasoning")
    said = []
    if isinstance(domain, Scores) and domain.top:
        said.append(domain.top[0])
    if isinstance(reasoning, Measure):
        said.append(f"p_gain {reasoning.values['p_gain']:.2f}")
    if record.rule != "everyday":
        said.append(f"rule {record.rule}")
    if record.masked:
        said.append(f"hides {', '.join(record.masked)}")
    said += [
        word
        for start, word in (("the client asks", "its own wish"), ("the conversation", "in a talk"))
        if any(reason.startswith(start) for reason in record.reasons)
    ]
    return ", ".join(said)


def _show_sums(rows: Sequence[Row], console: Console) -> None:
    tokens = sum(row.usage.completion_tokens for row in rows)
    always = sum(row.baseline.completion_tokens for row in rows)
    usd = sum(row.usd for row in rows)
    usd_always = sum(row.usd_baseline for row in rows)
    thinking = sum(row.usage.reasoning_tokens or 0 for row in rows)
    console.print(
        f"\n[bold]{len(rows)} requests[/bold]: {tokens:,} output tokens ({thinking:,} of them "
        f"thinking) against {always:,} for always {BIG}, always thinking: "
        f"[bold green]{1 - tokens / always:.0%} fewer tokens[/bold green]"
    )
    console.print(
        f"US$ {usd:.6f} against US$ {usd_always:.6f}: "
        f"[bold green]{1 - usd / usd_always:.0%} less money[/bold green]"
    )
    console.print(
        "[dim]The model servers are stand-ins: the decisions, bytes and token counts are real, "
        "their answers and the\nlength of their thoughts are not, so nothing here shows answer "
        "quality. See docs/ for what is measured.[/dim]"
    )
