"""Filing without a person: what may be promised of the pile that there is, and filing it as one action."""
