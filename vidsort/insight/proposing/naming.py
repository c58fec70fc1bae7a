"""What a group could be called: the words that its videos have and others have not."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence, Set

from ...errors import InvalidNameError
from ...learning.rows.text import AUTHOR, HASHTAG, SOUND, WHOLE, is_unspaced, units
from ...library.names import check_new_folder_name, folded

# A word that names a group is in so many of its videos, and so many times as often as in others that have any words.
LEAST_SHARE, LEAST_LIFT, LEAST_VIDEOS = 0.3, 2.0, 2
MOST_LIFT = 30.0
# What somebody tagged is what they would call it.
TAGGED = 1.5
SHORTEST, SHORTEST_UNSPACED, LONGEST = 3, 2, 60
MOST_WORDS = 5
UNNAMED = "Group"


def words_of(document: str) -> dict[str, float]:
    """The words and hashtags (without their sign) of a document that could name a folder, and what each counts."""
    found: dict[str, float] = {}
    for word, _ in units(document):
        if word.startswith((AUTHOR, SOUND, WHOLE["language"])):
            continue
        name = word.removeprefix(HASHTAG).strip()
        if len(name) <= LONGEST and all(map(_is_telling, name.split() or [""])):
            found[name] = max(found.get(name, 0.0), TAGGED if word.startswith(HASHTAG) else 1.0)
    return found


def _is_telling(word: str) -> bool:
    return len(word) >= (SHORTEST_UNSPACED if is_unspaced(word) else SHORTEST) and not word.isdigit()


class Naming:
    """How often videos have each word, by a sample of all of them."""

    def __init__(self, documents: Iterable[str]) -> None:
        """documents: of each video one, empty where it says nothing."""
        said = [words_of(document) for document in documents if document]
        self._videos = len(said)
        self._having = Counter(word for words in said for word in words)

    def telling(self, documents: Sequence[str]) -> list[str]:
        """The words that tell these videos from others, the most telling first; none where no word does."""
        said = [words_of(document) for document in documents if document]
        having = Counter(word for words in said for word in words)
        counts: dict[str, float] = {}
        for words in said:
            counts |= {word: max(count, counts.get(word, 0.0)) for word, count in words.items()}
        scored = {}
        for word, videos in having.items():
            share, elsewhere = videos / len(said), max(self._having[word] - videos, 0)
            # As though one other video had it, so that a word is not telling because it is rare.
            lift = share / ((elsewhere + 1) / max(self._videos - len(said) + 1, 1))
            if videos >= max(LEAST_VIDEOS, LEAST_SHARE * len(documents)) and lift >= LEAST_LIFT:
                scored[word] = share * counts[word] * min(lift, MOST_LIFT)
        return sorted(scored, key=lambda word: (-scored[word], -len(word), word))[:MOST_WORDS]


def names_for(words: Sequence[Sequence[str]], taken: Set[str]) -> list[str]:
    """A name for each group by its telling words; "Group 1" and so on where none can be one.

    Each could be made as a folder: none is against the rules, none is the name of another or one that is taken. Where
    all its words are names already, it is the first of them with a number.
    """
    used = {folded(name) for name in taken}
    found: list[str | None] = []
    for candidates in words:
        allowed = [name for name in map(_allowed, candidates) if name is not None]
        free = [name for name in allowed if folded(name) not in used]
        named = free[0] if free else _numbered(allowed[0], 2, used) if allowed else None
        if named is not None:
            used.add(folded(named))
        found.append(named)
    whole = []
    for named in found:
        name = named or _numbered(UNNAMED, 1, used)
        used.add(folded(name))
        whole.append(name)
    return whole


def _allowed(candidate: str) -> str | None:
    try:
        return check_new_folder_name(candidate)
    except InvalidNameError:
        return None


def _numbered(name: str, number: int, used: Set[str]) -> str:
    """The name with the first number from this one on that makes it free."""
    return next(each for at in itertools.count(number) if folded(each := f"{name} {at}") not in used)
