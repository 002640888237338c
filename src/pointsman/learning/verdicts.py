"""One sentence on what a report means, for people who would rather not read tables."""

from pointsman.learning.measuring import LEARNED, LENGTH, RANDOM, SHIPPED
from pointsman.learning.results import GainReport, LabelReport, Measured, Verdict

WORTH = 0.05
"""A lead in APGR that would be worth having: an interval that reaches it has not ruled it out."""
WORTH_RIGHT = 0.005
"""The same in right answers per question, where the arms are too close for an APGR."""


def gain_verdict(report: GainReport) -> Verdict:
    """Say whether a gain head is worth using.

    It must order questions better than chance, and be better than the shipped head: in their order,
    or in its probabilities, which a policy weighs against costs.
    """
    clear = report.gap.low > 0
    leads, worth = (report.lead, WORTH) if clear else (report.advantage_lead, WORTH_RIGHT)
    told = {name: interval_text(lead) + _unit(clear=clear) for name, lead in leads.items()}
    if leads[RANDOM].low <= 0:
        return _short_of("a random order", leads[RANDOM], worth) if clear else _no_gap(report)
    doubt = ""
    if leads[LENGTH].low <= 0:
        doubt = f"; prompt length alone may order them as well ({told[LENGTH]})"
    if leads[SHIPPED].low > 0:
        return _use(f"the learned head beats the shipped one by {told[SHIPPED]}: use it{doubt}")
    if report.log_loss_lead.low > 0:
        before, after = report.log_loss[SHIPPED], report.log_loss[LEARNED]
        return _use(
            f"the learned head is not shown to order questions better than the shipped one "
            f"({told[SHIPPED]}), but its probabilities are nearer to what happened (log loss "
            f"{before:.3f} -> {after:.3f}): use it{doubt}"
        )
    if doubt:
        return _short_of(LENGTH, leads[LENGTH], worth)
    if leads[SHIPPED].high < worth:
        return _spare(f"no better than the shipped head ({told[SHIPPED]}): keep the shipped one")
    return _spare(
        "too few rows to tell whether the learned head beats the shipped one "
        f"({told[SHIPPED]}); record more questions, and keep the shipped head"
    )


def label_verdict(report: LabelReport) -> Verdict:
    """Say whether a label head is worth using."""
    found = (
        f"right on {interval_text(report.accuracy, signed=False)} of the examples it had not "
        f"seen, against {report.majority_accuracy:.3f} for always saying {report.majority!r}"
    )
    if report.accuracy.low > report.majority_accuracy:
        return _use(f"{found}: use it")
    return _spare(f"{found}: no better; give more examples, or labels that differ more")


def interval_text(measured: Measured, *, signed: bool = True) -> str:
    """Return a number with its interval, as in `+0.051 (+0.020 to +0.083)`."""
    form = "+.3f" if signed else ".3f"
    value, low, high = (format(n, form) for n in (measured.value, measured.low, measured.high))
    return f"{value} ({low} to {high})"


def _short_of(name: str, lead: Measured, worth: float) -> Verdict:
    told = interval_text(lead) + _unit(clear=worth == WORTH)
    if lead.high < worth:
        return _spare(f"no better than {name} ({told}): nothing to win here")
    return _spare(
        f"too few rows to tell: the learned head's lead over {name} is {told}; record more "
        "questions, and keep the shipped head"
    )


def _no_gap(report: GainReport) -> Verdict:
    gap = interval_text(report.gap) + _unit(clear=False)
    if report.gap.high < WORTH_RIGHT:
        return _spare(
            f"{report.heavy} is not more often right than {report.light} ({gap}): always use "
            f"{report.light}, nothing to win here"
        )
    return _spare(
        f"too few rows to tell whether {report.heavy} is more often right than {report.light} "
        f"({gap}): record more questions"
    )


def _unit(*, clear: bool) -> str:
    return " APGR" if clear else " right answers per question"


def _use(text: str) -> Verdict:
    return Verdict(use=True, text=text)


def _spare(text: str) -> Verdict:
    return Verdict(use=False, text=text)
