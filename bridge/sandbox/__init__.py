"""An embedded Jira to try the bridge on: the demonstration, the tests and the benchmarks use the same one.

It keeps state, and imitates the limits and quirks of Jira Cloud (REST v3) and Jira Data Center (REST v2).
"""

from bridge.sandbox.embedded import Sandbox

__all__ = ["Sandbox"]
