"""Which video next: the unsorted ones in an order, page by page, with their predictions."""
