"""What sentences can be compared by, across languages: names, numbers, dates, negation, quotations."""
