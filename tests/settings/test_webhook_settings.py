"""`[[webhooks]]`: what fits, a sentence for what does not, and no place in which a secret is shown."""

import json
import tomllib
from pathlib import Path

import pytest

from vidsort.cli import main
from vidsort.errors import SettingsError
from vidsort.settings import Settings, load_settings
from vidsort.settings.webhooks import AS_COMMENT, EVENTS

SECRET = "correct horse battery staple"
RIGHT = f'[[webhooks]]\nurl = "https://example.org/hook/token"\nsecret = "{SECRET}"\n'


def write_config(text: str) -> None:
    Path("vidsort.toml").write_text(text, encoding="utf-8")


def test_a_webhook_is_told_of_all_events_unless_some_are_named():
    write_config(f'{RIGHT}\n{RIGHT.replace("https", "http")}events = ["retrained"]\n')
    first, second = load_settings().webhooks
    assert (first.url, first.events) == ("https://example.org/hook/token", EVENTS)
    assert first.secret.get_secret_value() == SECRET
    assert (second.receiver, second.events) == ("http://example.org", ("retrained",))
    Path("vidsort.toml").unlink()
    assert load_settings().webhooks == ()


@pytest.mark.parametrize(("text", "said"), [
    (RIGHT.replace("https", "ftp"), r"The setting url of webhook 1 in \[\[webhooks\]\] does not fit: write a whole"),
    (RIGHT.replace("https://example.org", "https://"), "url of webhook 1"),
    (RIGHT.replace("example.org", "example.org:99999"), "url of webhook 1"),
    (RIGHT.replace("example.org", "exa mple.org"), "url of webhook 1"),
    (RIGHT.replace("example.org", "me:pass@example.org"), "leave out the name and the password"),
    (RIGHT + RIGHT.replace(SECRET, "short"), "The setting secret of webhook 2.*write 16 characters or more"),
    (RIGHT.replace("secret", "# secret"), "The setting secret of webhook 1.*required"),
    (RIGHT + 'events = ["filed", "sorted"]\n', "The setting events of webhook 1"),
    (RIGHT + "events = []\n", "The setting events of webhook 1.*at least 1 item"),
    (RIGHT + f'secrets = "{SECRET}"\n', "A setting of webhook 1.*there is one beside url, secret, events"),
    (RIGHT.replace("secret", f'"{SECRET}"'), r"webhook 1"),
    (f'webhooks = "{SECRET}"\n', r"write a table \[\[webhooks\]\] for each address"),
    (f'[webhooks]\nurl = "https://example.org"\nsecret = "{SECRET}"\n', r"\[\[webhooks\]\]"),
    (f'webhooks = ["{SECRET}"]\n', "A setting of webhook 1"),
])
def test_a_wrong_one_is_a_sentence_that_names_it_and_the_file_and_shows_nothing_of_it(text, said, capsys):
    write_config(text)
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings()
    told = str(caught.value)
    assert told.endswith("vidsort.toml).")
    assert "\n" not in told
    # At the start of the server, too.
    assert main(["serve", "--port", "0"]) == 2
    shown = told + "".join(capsys.readouterr())
    assert not [word for word in (SECRET, "short", "token", "me:pass") if f'"{word}' in shown or f"'{word}" in shown]
    assert SECRET not in shown


def test_neither_a_flag_nor_a_variable_sets_them(monkeypatch):
    monkeypatch.setenv("VIDSORT_WEBHOOKS", RIGHT)
    with pytest.raises(SettingsError, match="VIDSORT_WEBHOOKS is no setting"):
        load_settings()
    with pytest.raises(SystemExit):
        main(["serve", "--webhooks", "https://example.org"])


def test_the_secret_and_the_path_are_shown_nowhere(capsys):
    write_config(RIGHT)
    settings = load_settings()
    shown = [repr(settings), str(settings.webhooks), settings.as_json(), settings.model_dump_json(exclude={"webhooks"})]
    shown.append(repr(settings.webhooks[0]))
    for flags in ([], ["--json"]):
        assert main(["config", *flags]) == 0
        shown.append("".join(capsys.readouterr()))
    assert "https://example.org (filed, moved, taken_back, retrained)" in shown[-1]
    assert not [text for text in shown if SECRET in text or "token" in text]
    assert SECRET not in settings.model_dump_json()


def test_a_child_process_has_no_webhooks():
    write_config(RIGHT)
    assert Settings(**json.loads(load_settings().as_json())).webhooks == ()


def test_what_the_commented_file_shows_is_one_that_fits_once_it_counts():
    assert main(["config", "--init"]) == 0
    text = Path("vidsort.toml").read_text(encoding="utf-8")
    assert AS_COMMENT in text
    assert load_settings().webhooks == ()
    first, *rest = AS_COMMENT.splitlines(keepends=True)
    counts = "".join(line.removeprefix("# ") for line in rest)
    write_config(text.replace(AS_COMMENT, first + counts))
    (made,) = load_settings().webhooks
    assert made.events == EVENTS
    assert tomllib.loads(counts)["webhooks"][0]["url"] == made.url
