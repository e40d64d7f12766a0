"""Speed and quality, run by hand: never part of the tests."""
