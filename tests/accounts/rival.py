"""Another process at a ledger: claims one request after another, or takes one and waits to die.

rival.py claim URL COUNT, or rival.py hold URL. It says `ready` and waits for a line first.
"""

import sys

from pointsman.accounts.counters import Granted
from pointsman.accounts.limits import Claim, Limit, Spent
from pointsman.accounts.state import open_ledger

NOW = 1_800_000_000.0  # `claims` has it too; a script cannot import its neighbours' package
LIMITS = (
    Limit(usd=7.0, window="day", per="tenant"),
    Limit(requests=10_000, window="minute"),
    Limit(tokens=10**9, window="total", per=("key", "model")),
)
CLAIM = Claim(model="large", usd=0.07, tokens=1000, key="key_1", tenant="acme")
ACTUAL = Spent(usd=0.07, tokens=1000)


def main() -> None:
    what, url, *rest = sys.argv[1:]
    ledger = open_ledger(url, LIMITS, lease_s=60.0)
    if what == "hold":
        granted = ledger.reserve(CLAIM, NOW)
        assert isinstance(granted, Granted)
        _say(granted.reservation)
        sys.stdin.readline()  # killed while it waits
        return
    _say("ready")
    sys.stdin.readline()
    granted_count = 0
    for turn in range(int(rest[0])):
        outcome = ledger.reserve(CLAIM, NOW)
        if isinstance(outcome, Granted):
            granted_count += 1
            if turn % 2:  # some settle, some are still under way
                assert ledger.settle(outcome.reservation, ACTUAL, NOW)
    ledger.close()
    _say(str(granted_count))


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
