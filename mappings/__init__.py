"""Mappings translate: raw records to the domain and back, pure."""
