"""The live part of `bench reasoning`: the operator's own model, told to reason, not to, or routed.

Every answer is measured, none modelled. The outcomes stay in a file that `pointsman learn` reads.
"""

from pointsman.evaluation.live.measuring import measure, show
from pointsman.evaluation.live.settings import add_arguments

__all__ = ["add_arguments", "measure", "show"]
