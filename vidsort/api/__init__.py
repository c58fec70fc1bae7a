"""The HTTP API: the contract, what it works on, how errors are answered; `routes` holds the routes."""
