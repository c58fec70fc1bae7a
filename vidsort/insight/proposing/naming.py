"""What a group could be called: the words that its videos have and others have not."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set

from ...errors import InvalidNameError
from ...learning.rows.text import AUTHOR, HASHTAG, SOUND, WHOLE, is_unspaced, units
from ...library.names import check_new_folder_name, folded

# A word that names a group is in so many of its videos, and so many times as often as in others.
LEAST_SHARE, LEAST_LIFT, LEAST_VIDEOS = 0.3, 3.0, 2
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
        said = [words_of(document) for document in documents]
        self._videos = len(said)
        self._having = Counter(word for words in said for word in words)

    def telling(self, documents: Sequence[str]) -> list[str]:
        """The words that tell these videos from others, the most telling first; none where no word does."""
        said = [words_of(document) for document in documents]
        having = Counter(word for words in said for word in words)
        counts: dict[str, float] = {}
        for words in said:
            counts |= {word: max(count, counts.get(word, 0.0)) for word, count in words.items()}
        scored = {}
        for word, videos in having.items():
            share, elsewhere = videos / len(said), max(self._having[word] - videos, 0)
            # As though one other video had it, so that a word is not telling because it is rare.
            lift = share / ((elsewhere + 1) / max(self._videos - len(said) + 1, 1))
            if videos >= LEAST_VIDEOS and share >= LEAST_SHARE and lift >= LEAST_LIFT:
                scored[word] = share * counts[word] * min(lift, 10 * LEAST_LIFT)
        return sorted(scored, key=lambda word: (-scored[word], -len(word), word))[:MOST_WORDS]


def names_for(words: Sequence[Sequence[str]], taken: Set[str]) -> list[str]:
    """A name for each group by its telling words; "Group 1" and so on where none can be one.

    Each could be made as a folder: none is against the rules, none is the name of another or one that is taken.
    """
    used = {folded(name) for name in taken}
    found = [_first_free(candidates, used) for candidates in words]
    number, named = 0, []
    for name in found:
        while name is None:
            number += 1
            plain = f"{UNNAMED} {number}"
            name = None if folded(plain) in used else plain
        used.add(folded(name))
        named.append(name)
    return named


def _first_free(candidates: Sequence[str], used: set[str]) -> str | None:
    for candidate in candidates:
        try:
            name = check_new_folder_name(candidate)
        except InvalidNameError:
            continue
        if folded(name) not in used:
            used.add(folded(name))
            return name
    return None
