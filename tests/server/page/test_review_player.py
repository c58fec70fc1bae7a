"""Playback: the next video is there before the key, settings stay, and what cannot be played is told."""

import pytest
from videos import make_video

from page.conftest import name_of, on_show, wait_for_answer, wait_for_card, wait_until_saved

PLAYING = "() => { const v = document.querySelector('video.on-show'); return v && !v.paused && v.currentTime > 0; }"


@pytest.fixture
def page(pile, serve, visitor):
    page = visitor.open(serve(pile.fill().settings))
    wait_for_card(page, name_of(0))
    page.wait_for_function(PLAYING)
    return page


def test_videos_loop_muted_at_first_and_two_elements_swap(page):
    assert page.locator("[data-stage] video").count() == 2
    assert page.evaluate("[...document.querySelectorAll('[data-stage] video')].every((v) => v.loop && v.muted)")
    which = "[...document.querySelectorAll('[data-stage] video')].findIndex((v) => v.matches('.on-show'))"
    shown = page.evaluate(which)
    page.keyboard.press("1")
    wait_for_card(page, name_of(1))
    assert {shown, page.evaluate(which)} == {0, 1}


def test_the_next_video_is_decoded_before_the_key_and_shown_in_the_same_turn(page):
    page.wait_for_function(
        f"document.querySelector('video:not(.on-show)').dataset.filename === '{name_of(1)}'"
        " && document.querySelector('video:not(.on-show)').readyState >= 2"
    )
    shown = page.evaluate(
        "() => { document.dispatchEvent(new KeyboardEvent('keydown', {key: '1', code: 'Digit1'}));"
        " const v = document.querySelector('video.on-show'); return [v?.dataset.filename, v?.readyState >= 2]; }"
    )
    assert shown == [name_of(1), True]


def test_the_next_three_videos_are_fetched_once(page, visitor, eventually):
    wanted = {name_of(number) for number in (1, 2, 3)}

    def asked() -> list[str]:
        return [url.rpartition("/")[2] for url in visitor.asked if "/videos/" in url]

    eventually(lambda: page.wait_for_timeout(50) or wanted <= set(asked()))
    assert name_of(5) not in asked()


def test_speed_sound_and_volume_stay_from_video_to_video_and_over_a_reload(page):
    page.keyboard.press(">")
    page.keyboard.press("m")
    page.locator("[data-volume]").fill("40")
    page.locator("[data-volume]").blur()
    page.keyboard.press("1")
    wait_for_card(page, name_of(1))
    state = "(v => [v.playbackRate, v.muted, v.volume])(document.querySelector('video.on-show'))"
    assert page.evaluate(state) == [1.25, False, 0.4]
    wait_for_answer(page, "api/preferences", "answer.volume === 0.4")
    wait_until_saved(page)
    page.reload()
    wait_for_card(page, name_of(1))
    page.wait_for_selector("video.on-show")
    rate, _, volume = page.evaluate(state)
    assert (rate, volume) == (1.25, 0.4)
    assert page.inner_text("[data-speed]") == "1.25×"


def test_space_pauses_and_a_new_video_plays_again(page):
    page.keyboard.press("Space")
    assert page.evaluate("document.querySelector('video.on-show').paused")
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    page.keyboard.press("1")
    wait_for_card(page, name_of(1))
    page.wait_for_function(PLAYING)


def test_a_hidden_tab_pauses_and_plays_again_when_it_is_seen(page):
    hide = "(h) => { Object.defineProperty(document, 'hidden', {get: () => h, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    assert page.evaluate("document.querySelector('video.on-show').paused")
    page.evaluate(hide, False)
    page.wait_for_function(PLAYING)


def test_the_filmstrip_of_the_next_video_is_there_before_it_starts(page):
    shown_at_once = (
        "() => { document.dispatchEvent(new KeyboardEvent('keydown', {key: '1', code: 'Digit1'}));"
        " const strip = document.querySelector('[data-strip]'); return !strip.hidden && strip.src; }"
    )
    # The page asks for it while the first video is on show; what a second picture can show, the first one has.
    address = f"new URL('strips/{name_of(1)}.webp', document.baseURI).href"
    page.wait_for_function(f"performance.getEntriesByName({address})[0]?.responseEnd > 0")
    page.evaluate(f"Object.assign(new Image(), {{src: {address}}}).decode()")
    assert str(page.evaluate(shown_at_once)).endswith(f"/strips/{name_of(1)}.webp")


def test_the_filmstrip_is_there_and_seeks(page):
    page.wait_for_function("document.querySelector('[data-strip]').naturalWidth > 100")
    page.keyboard.press("Space")
    box = page.locator("[data-strip]").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 10)
    assert page.evaluate("document.querySelector('video.on-show').currentTime") > 0.4


def test_what_the_browser_cannot_play_is_shown_from_its_copy(pile, serve, visitor):
    pile.fill(2)
    original = make_video(pile.data_dir / name_of(0), size=(96, 160), codec="mpeg4")
    data = original.read_bytes()
    page = visitor.open(serve(pile.settings))
    wait_for_card(page, name_of(0))
    page.wait_for_selector("[data-note]:has-text('Making a copy')")
    page.wait_for_function(PLAYING, timeout=30_000)
    assert page.evaluate("document.querySelector('video.on-show').dataset.filename") == name_of(0)
    assert page.locator("[data-note]").is_hidden()
    assert original.read_bytes() == data
    page.keyboard.press("1")
    wait_for_card(page, name_of(1))


def test_how_much_of_a_copy_is_made_is_told_beside_its_poster(pile, serve, visitor):
    pile.fill(2)
    make_video(pile.data_dir / name_of(0), size=(160, 96), codec="mpeg4")
    context = visitor.context()
    context.route("**/playable/*", lambda route: route.fulfill(status=202, json={"status": "preparing", "done": 0.34}))
    page = visitor.open(serve(pile.settings), context=context)
    page.wait_for_selector("[data-note]:has-text('Making a copy that this browser can play… 34%')")
    # In the shape of the poster, which is there before the video.
    page.wait_for_function(
        "(box => Math.abs(box.width / box.height - 160 / 96) < 0.1)"
        "(document.querySelector('[data-card]').getBoundingClientRect())"
    )
    assert page.locator("[data-poster]").is_visible()
    context.unroute("**/playable/*")
    page.wait_for_function(PLAYING)


def test_what_nothing_can_decode_shows_a_reason_and_can_still_be_filed(pile, serve, visitor):
    pile.fill(2)
    (pile.data_dir / name_of(0)).write_bytes(b"not a video" * 100)
    page = visitor.open(serve(pile.settings))
    wait_for_card(page, name_of(0))
    page.wait_for_selector("[data-note]:not([hidden])")
    page.wait_for_function("!document.querySelector('[data-note]').textContent.includes('Making')")
    assert page.inner_text("[data-note]").startswith("The video cannot be decoded: ")
    assert page.inner_text("[data-note]").endswith("It can still be filed.")
    assert page.inner_text("[data-time]") == ""
    assert page.locator("[data-seek]").input_value() == "0"
    page.keyboard.press("2")
    wait_until_saved(page)
    assert name_of(0) in pile.inside("food")
    assert on_show(page) == name_of(1)
    page.wait_for_function(PLAYING)


def test_seconds_frames_and_the_start_have_keys(page):
    page.wait_for_function("document.querySelector('video.on-show').currentTime > 0.5")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('video.on-show').paused")
    at = "document.querySelector('video.on-show').currentTime"

    def moved(key: str) -> float:
        before = page.evaluate(at)
        page.keyboard.press(key)
        page.wait_for_function("!document.querySelector('video.on-show').seeking")
        return page.evaluate(at) - before

    page.keyboard.press("0")
    page.wait_for_function(f"{at} === 0")
    # The tiny videos have ten frames a second.
    assert moved("}") == pytest.approx(0.1, abs=0.02)
    assert moved("}") == pytest.approx(0.1, abs=0.02)
    assert moved("{") == pytest.approx(-0.1, abs=0.02)
    assert page.evaluate(at) > 0
    moved("[")
    assert page.evaluate(at) == 0
    # No further than its end.
    moved("]")
    duration = page.evaluate("document.querySelector('video.on-show').duration")
    assert page.evaluate(at) == pytest.approx(duration, abs=0.1)


def test_the_screen_is_filled_and_left_by_one_key_and_files_there_too(page):
    page.keyboard.press("Shift+V")
    page.wait_for_function("document.fullscreenElement?.id === 'vidsort'")
    assert not page.locator(".top").is_visible()
    assert page.locator("[data-guesses]").is_visible()
    page.keyboard.press("1")
    wait_for_card(page, name_of(1))
    page.keyboard.press("Shift+V")
    page.wait_for_function("document.fullscreenElement === null")
    assert page.locator(".top").is_visible()


def test_the_name_on_show_is_copied_and_what_is_refused_is_told(page):
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    page.keyboard.press("Shift+C")
    page.wait_for_selector(f".toast:has-text('Copied: {name_of(0)}')")
    assert page.evaluate("window.copied") == name_of(0)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no')); }")
    page.keyboard.press("Shift+C")
    page.wait_for_selector(".toast:has-text('no page write to the clipboard')")


def test_colours_are_as_the_system_has_them_or_as_chosen_also_after_a_reload(page):
    ground = "getComputedStyle(document.querySelector('#vidsort')).backgroundColor"
    light, dark = "rgb(247, 246, 243)", "rgb(19, 19, 22)"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(ground) == light
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == dark
    page.keyboard.press(",")
    page.get_by_label("Colours").select_option("light")
    assert page.evaluate(ground) == light
    page.keyboard.press("Escape")
    wait_for_answer(page, "api/preferences", "answer.colours === 'light'")
    page.reload()
    wait_for_card(page, name_of(0))
    assert page.evaluate(ground) == light
    page.emulate_media(color_scheme="light")
    page.keyboard.press(",")
    page.get_by_label("Colours").select_option("dark")
    assert page.evaluate(ground) == dark
    page.get_by_label("Colours").select_option("")
    assert page.evaluate(ground) == light
