"""One request and its answer, without IO: what it needs is yielded as an effect."""
