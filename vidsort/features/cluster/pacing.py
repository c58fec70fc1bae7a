"""How many videos a task has: as many as take some seconds, and at the end fewer."""

import math

# Before it is known how long a video takes, and at most: what is lost with a worker.
FIRST_AT_ONCE, MOST_AT_ONCE = 16, 200
# A task takes about so long, whatever is looked for: how far the extraction is, is told as often.
TASK_S = 10.0
# Tasks at the scheduler for each thread of a worker, so that none waits for the next.
IN_ADVANCE = 2
# No clock tells less, and some tell nothing of what takes less.
SHORTEST_S = 1e-3


def task_size(video_s: float | None, left: int, threads: int) -> int:
    """How many videos the next task has, where one takes so long on a thread (None: not known yet).

    At the end fewer, so that all threads are done at once.
    """
    paced = FIRST_AT_ONCE if video_s is None else min(MOST_AT_ONCE, round(TASK_S / max(video_s, SHORTEST_S)))
    return max(1, min(paced, math.ceil(left / (IN_ADVANCE * max(threads, 1)))))
