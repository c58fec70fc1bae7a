"""The whole application: the guard in front, the routes, the page behind."""
