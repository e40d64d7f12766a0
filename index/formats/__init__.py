"""File formats: bytes in, the articles in them out, as their files give them."""
