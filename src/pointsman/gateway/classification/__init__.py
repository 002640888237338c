"""The classification API: what a text is, without sending it anywhere; one code with the gateway.

Paths, fields and bounds are those of the vLLM Semantic Router's API. To add a task: a module with
its answer, and a line in `routes.TASKS`.
"""

from pointsman.gateway.classification.routes import Classification

__all__ = ["Classification"]
