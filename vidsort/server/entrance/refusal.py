"""A request that is not let in."""


class Refusal(Exception):
    """A request that is not let in: status, a sentence, and headers that go with it."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = headers or {}
