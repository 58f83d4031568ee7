"""okr-bridge: links key results to the work that serves them, and keeps the two one."""

__version__ = "0.1.0"
