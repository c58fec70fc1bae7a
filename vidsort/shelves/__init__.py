"""What lies in a folder, page by page in the order that a person chose."""
