"""JQL: what a query says (parse), and which issues it means (run)."""
