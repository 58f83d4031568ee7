"""The bridge left to itself: schedules, webhooks and health, until it is told to stop."""
