"""OKR files: read, checked as a whole, and kept as canonical text."""

from bridge.okrs.canonical import digest, document, from_document
from bridge.okrs.loading import from_data, load

__all__ = ["digest", "document", "from_data", "from_document", "load"]
