"""Connectors talk: one system each, promises in `connectors.base`."""
