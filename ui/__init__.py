"""The chat page: what it shows, and how it looks. `app.py` launches it."""
