"""Web pages in the styles of many sites, made of our own sample articles: what the extraction is measured on."""
