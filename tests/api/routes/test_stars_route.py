"""Stars: given to a video wherever it lies, kept by it on its way, and told to whoever may see the library."""

from test_routes import client, make_client

__all__ = ["client", "make_client"]
FIRST, SECOND = "71000000000000000.mp4", "71000000000000100.mp4"


def starred(client) -> list[tuple[str, str | None]]:
    return [(one["filename"], one["folder"]) for one in client.get("/api/stars").json()["videos"]]


def test_a_video_keeps_its_star_wherever_it_goes(client):
    assert starred(client) == []
    assert client.put(f"/api/stars/{FIRST}").json() == {"success": True, "filename": FIRST, "starred": True}
    assert client.put(f"/api/stars/{SECOND}").status_code == 200
    assert starred(client) == [(SECOND, None), (FIRST, None)]
    client.post("/api/sort", json={"filename": FIRST, "folder": "food"})
    assert starred(client) == [(SECOND, None), (FIRST, "food")]
    client.post("/api/undo")
    assert client.delete(f"/api/stars/{SECOND}").json() == {"success": True, "filename": SECOND, "starred": False}
    assert starred(client) == [(FIRST, None)]


def test_one_that_is_gone_has_its_star_again_when_it_is_back(client, settings):
    assert client.put(f"/api/stars/{FIRST}").status_code == 200
    outside = settings.data_dir.parent / FIRST
    (settings.data_dir / FIRST).rename(outside)
    client.app.state.workspace.library.live.refresh()
    assert starred(client) == []
    outside.rename(settings.data_dir / FIRST)
    client.app.state.workspace.library.live.refresh()
    assert starred(client) == [(FIRST, None)]


def test_what_is_no_video_here_gets_none(client):
    assert client.put("/api/stars/79999999999999999.mp4").status_code == 404
    assert client.put("/api/stars/..%5C1.mp4").status_code == 400
    assert client.delete("/api/stars/79999999999999999.mp4").status_code == 200
