"""When a key result gets to its mark: simulated from what it gained each week. Pure, seeded, measured."""

from bridge.forecast.backtest import Trial, backtest
from bridge.forecast.calibration import Calibration, calibrate
from bridge.forecast.outlook import How, Outlook, Question, Why, foresee, unforeseen
from bridge.forecast.simulation import RUNS, Noise
from bridge.forecast.throughput import Point

__all__ = [
    "RUNS",
    "Calibration",
    "How",
    "Noise",
    "Outlook",
    "Point",
    "Question",
    "Trial",
    "Why",
    "backtest",
    "calibrate",
    "foresee",
    "unforeseen",
]
