"""The workbench that makes the shipped bundle: corpus, network, calibration, export.

Serving never imports this package, and importing it does not import torch: the modules that
need torch (`network`, `losses`, `loop`, `tier`, `pipeline`) are imported only when a training run
starts.
"""
