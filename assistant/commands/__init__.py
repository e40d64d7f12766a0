"""The commands of `article-assistant`, a module for each group; `add_to` declares them."""
