"""A small embedded Trello to try the bridge on; the tests use the same one.

It keeps boards, cards and what was done to them, and answers as Trello's document and guides have it.
"""
