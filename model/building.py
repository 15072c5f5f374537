"""One network is built at a time.

While transformers builds a model, it changes for the whole process in which type torch draws numbers, and takes from
its own classes the method that ties weights. Another model built meanwhile would be left without its tied weights,
and a network of ours would be drawn with bfloat16's few digits.
"""

from __future__ import annotations

from threading import RLock

BUILDING = RLock()
