"""Turns the models of a config into a catalog; checks what types alone cannot."""

from collections.abc import Mapping

from pointsman.catalog.families import Family
from pointsman.catalog.models import AUTO_NAMES, Catalog, Endpoint, Model, default_strengths
from pointsman.config.guard import GuardReader
from pointsman.config.load import Source
from pointsman.config.rules import check_printable
from pointsman.config.schema import ModelConfig
from pointsman.policy.conditions import suggestion


def catalog_of(
    configs: Mapping[str, ModelConfig],
    families: Mapping[str, Family],
    guards: GuardReader,
    source: Source,
) -> Catalog:
    """Return the catalog.

    Args:
        configs: As they stand in the file.
        families: The built-in families and the operator's own.
        guards: Reads what a model may see.
        source: The file.

    Raises:
        ConfigError: One of them names what is not there, or contradicts itself.
    """
    guessed = default_strengths({name: m.usd_per_million for name, m in configs.items()})
    models = {}
    for name, model in configs.items():
        path = f"$.models.{name}"
        check_printable(name, source, path)
        if name in AUTO_NAMES:
            raise source.error(f"`{name}` means 'you choose' and cannot name a model", path)
        if model.family not in families:
            raise source.error(
                f"unknown family `{model.family}`{suggestion(model.family, families)}; known are: "
                f"{', '.join(families)}; or define it under `families`",
                f"{path}.family",
            )
        models[name] = Model(
            name=name,
            upstream_name=model.name or name,
            family_name=model.family,
            family=families[model.family],
            prices=model.usd_per_million,
            endpoints=_endpoints(model, source, path),
            strength=guessed[name] if model.strength is None else model.strength,
            context_window=model.context_window,
            images=model.images,
            speed=model.speed,
            max_output_tokens=model.max_output_tokens,
            answer_tokens=model.answer_tokens,
            pii=guards.table(model.pii, f"{path}.pii"),
        )
    return Catalog(models)


def _endpoints(model: ModelConfig, source: Source, path: str) -> tuple[Endpoint, ...]:
    if (model.url is None) == (not model.endpoints):
        raise source.error("expected either `url` or `endpoints`", path)
    if model.url is not None:
        return (Endpoint(model.url, 1.0, model.api_key_env, model.health_path),)
    return tuple(
        Endpoint(
            endpoint.url,
            endpoint.weight,
            endpoint.api_key_env or model.api_key_env,
            endpoint.health_path or model.health_path,
        )
        for endpoint in model.endpoints
    )
