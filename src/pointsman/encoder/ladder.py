"""Which of a head's solved thresholds keeps to a rate of false alarms that an operator names."""

from pointsman.encoder.bundle import FlagsHead
from pointsman.errors import ConfigError
from pointsman.statistics.thresholds import Threshold


def threshold_for(head: FlagsHead, label: str, rate: float) -> Threshold:
    """The lowest threshold that was solved for at most this rate of false alarms.

    It is the rung with the largest target that is not above the rate; nothing is interpolated, as
    no rows would stand behind the result. The rate found on its rows keeps to the rate asked for;
    the upper bound of it (`rate_max`) is above, the further the fewer rows there are.

    Args:
        head: A head of a loaded bundle.
        label: One of its labels.
        rate: Share of harmless texts that may be above the threshold.

    Raises:
        ConfigError: The bundle holds no threshold for so low a rate, or none for the label.
    """
    rungs = head.ladder.get(label, ())
    if not rungs:
        raise ConfigError(
            f"the encoder bundle holds no thresholds of {label} by rate of false refusals: give a "
            "probability, or use a bundle made by the same version of `pointsman train`"
        )
    kept = [rung for rung in rungs if rung.target <= rate]
    if not kept:
        there = ", ".join(f"{rung.target:g}" for rung in rungs)
        raise ConfigError(
            f"expected a rate of false refusals of {label} that the encoder bundle has a "
            f"threshold for ({there}), got {rate:g}: allow at least {rungs[0].target:g}, or give "
            "a probability"
        )
    return kept[-1]
