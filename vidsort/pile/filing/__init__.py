"""Filing without a person: what may be promised of it, and the blind cards that show whether it holds."""
