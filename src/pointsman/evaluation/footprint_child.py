"""The process whose memory `footprint` measures: run as a script, so that it imports all itself."""

import os
import sys
import time


def main() -> None:
    """Import pointsman, build the default router, route a few prompts, and tell."""
    began = time.perf_counter()
    import pointsman  # noqa: PLC0415  # being clocked

    imported = time.perf_counter()
    router = pointsman.Router.default()
    built = time.perf_counter()
    for words in (8, 60, 400):
        router.route({"messages": [{"role": "user", "content": "why is that so? " * words}]})

    import msgspec  # noqa: PLC0415  # after what is clocked

    from pointsman.evaluation.footprint import Measured  # noqa: PLC0415
    from pointsman.evaluation.machine import memory_of  # noqa: PLC0415

    measured = Measured(
        import_s=imported - began, default_s=built - imported, memory=memory_of(os.getpid())
    )
    sys.stdout.buffer.write(msgspec.json.encode(measured))


if __name__ == "__main__":
    main()
