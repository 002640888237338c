"""Which endpoint of a model to ask: weighted turns among those that live. No IO, no clock."""

from collections.abc import Collection

from pointsman.catalog.models import Catalog, Endpoint, Model

FAILURES_BEFORE_COOLDOWN = 3


class _Health:
    """What is known of one endpoint."""

    def __init__(self) -> None:
        self.failures = 0
        self.down_until = 0.0
        self.answers_checks = True
        self.credit = 0.0


class Endpoints:
    """The health of all endpoints, by URL; it outlives a reload of the config.

    An endpoint is left alone for `cooldown_s` after three failures in a row, and while its health
    check fails. When none is left, all are tried: a wrong guess must not refuse a request.
    """

    def __init__(self) -> None:
        self._health: dict[str, _Health] = {}

    def _of(self, endpoint: Endpoint) -> _Health:
        return self._health.setdefault(endpoint.url, _Health())

    def lives(self, endpoint: Endpoint, now: float) -> bool:
        """Say whether an endpoint may be asked."""
        health = self._of(endpoint)
        return health.answers_checks and now >= health.down_until

    def down(self, catalog: Catalog, now: float) -> frozenset[str]:
        """Return the models none of whose endpoints lives; never all: one of them must be asked."""
        models = catalog.models.values()
        down = frozenset(
            model.name for model in models if not any(self.lives(e, now) for e in model.endpoints)
        )
        return down if len(down) < len(models) else frozenset()

    def choose(self, model: Model, tried: Collection[str], now: float) -> Endpoint | None:
        """Take the next endpoint in weighted turns, or None when all were tried.

        Smooth weighted round robin, as nginx's upstream module spreads its turns.
        """
        untried = [endpoint for endpoint in model.endpoints if endpoint.url not in tried]
        candidates = [e for e in untried if self.lives(e, now)] or untried
        if not candidates:
            return None
        for endpoint in candidates:
            self._of(endpoint).credit += endpoint.weight
        chosen = max(candidates, key=lambda endpoint: self._of(endpoint).credit)
        self._of(chosen).credit -= sum(endpoint.weight for endpoint in candidates)
        return chosen

    def succeeded(self, endpoint: Endpoint) -> None:
        """Note an answer."""
        health = self._of(endpoint)
        health.failures = 0
        health.down_until = 0.0

    def failed(self, endpoint: Endpoint, now: float, cooldown_s: float) -> None:
        """Note a failure to answer."""
        health = self._of(endpoint)
        health.failures += 1
        if health.failures >= FAILURES_BEFORE_COOLDOWN:
            health.down_until = now + cooldown_s

    def checked(self, endpoint: Endpoint, *, lives: bool) -> bool:
        """Note the result of a health check; returns whether it is news."""
        health = self._of(endpoint)
        news = health.answers_checks != lives
        health.answers_checks = lives
        if lives and news:
            self.succeeded(endpoint)
        return news
