"""A system that is a function, behind a real session; and time for several threads at once."""

import io
import threading
from datetime import timedelta

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from bridge.errors import BridgeError
from connectors.http import Clock, Http, HttpOptions
from tests.connectors.clock import START

BASE = "https://jira.example"


class Stage(BaseAdapter):
    """`play(request)` gives status, headers and body, or raises what requests would."""

    def __init__(self, play):
        super().__init__()
        self.play = play

    def send(self, request, **_):
        response = requests.Response()
        response.request, response.url = request, request.url
        response.status_code, headers, body = self.play(request)
        response.headers, response.raw = CaseInsensitiveDict(headers), io.BytesIO(body)
        return response

    def close(self):
        """Nothing is held open."""


def staged(play, clock, **options):
    """An Http whose system is `play`."""
    session = requests.Session()
    session.trust_env = False
    session.mount(BASE, Stage(play))
    return Http("acme", BASE, session, HttpOptions(**options), clock)


class Turns:
    """Time that moves on when every thread sleeps or stands in line, and never while one works."""

    def __init__(self):
        self.seconds = 0.0
        self.in_line = lambda: 0
        self._awaited = []
        self._alive = 0
        self._change = threading.Condition()

    def clock(self, chance=0.0):
        now = lambda: START + timedelta(seconds=self.seconds)  # noqa: E731
        return Clock(now, lambda: self.seconds, self.sleep, lambda: chance)

    def sleep(self, seconds):
        with self._change:
            wake = self.seconds + seconds
            self._awaited.append(wake)
            self._change.notify_all()
            while self.seconds < wake:
                due = min(self._awaited)
                if due > self.seconds and len(self._awaited) + self.in_line() >= self._alive:
                    self.seconds = due
                    self._change.notify_all()
                else:
                    self._change.wait(0.001)
            self._awaited.remove(wake)

    def run(self, *jobs):
        """All at once, to their end; what they raised."""
        raised = []

        def run(job):
            try:
                job()
            except BridgeError as error:
                raised.append(error)
            finally:
                with self._change:
                    self._alive -= 1
                    self._change.notify_all()

        self._alive = len(jobs)
        threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return raised
