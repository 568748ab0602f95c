"""Looks at what a host runs with all the time, to tell afterwards when it was back at what was confirmed."""
import bisect
import threading
import time

from pair import STATIC

PERIOD_SECONDS = 0.02


class Watch:
    """Use it in a `with`: `seen` is a list of (unix seconds, settings), while the host told them."""

    def __init__(self, pair):
        self.pair, self.seen, self.over = pair, [], threading.Event()
        self.thread = threading.Thread(target=self.look)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def look(self):
        while not self.over.wait(PERIOD_SECONDS):
            at, settings = time.time(), self.pair.settings()
            if settings:
                self.seen.append((at, settings))


def confirmed_over_time(history):
    """@returns [(unix seconds, settings)]: what a target was told to keep, from when on."""
    result = [(0, STATIC)]
    for event in history:
        if event["verdict"] == "kept":
            moved = {x["knob"]: x["to"] for x in event["moves"]}
            result.append((event["verdict_at"], {**result[-1][1], **moved}))
    return result


def first_confirmed(seen, history, since):
    """@returns when, from a moment on, a host was first seen to run with what was confirmed then, or after that
    moment; None for never.

    What was confirmed in the second before the moment may not have got to the host."""
    confirmed = confirmed_over_time(history)
    first = max(0, bisect.bisect([at for at, _ in confirmed], since - 1) - 1)
    for at, settings in seen:
        if at >= since and any(settings == kept for told, kept in confirmed[first:] if told <= at):
            return at
    return None
