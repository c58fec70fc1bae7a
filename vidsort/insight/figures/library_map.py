"""The library as a map: videos that look alike lie side by side, posters show under the pointer."""

import html
import io
from collections.abc import Sequence

import numpy as np

from ...learning.rows.basis import spreads
from ...learning.rows.parts import Part
from ...learning.rows.text import learn_vocabulary, unit
from ...library.names import with_codes
from ...steps import counted
from .shown import PALETTE, Shown, data_url, escape

MOST_POINTS = 1500
COMPONENTS = 40
THREADS_FROM = 2000
POSTER_WIDTH = 110
UNSORTED = "unsorted"

# Runs in the frame of the map: the poster of the point under the pointer, beside it.
ON_HOVER = """
const plot = document.getElementById('{plot_id}'), card = document.getElementById('card');
const picture = card.querySelector('img'), text = card.querySelector('span');
let x = 0, y = 0;
const place = () => {
  card.style.left = Math.max(0, x + 140 > innerWidth ? x - 140 : x + 16) + 'px';
  card.style.top = Math.max(0, Math.min(y - 60, innerHeight - card.offsetHeight - 4)) + 'px';
};
// Only then is it known how tall the card is.
picture.onload = place;
plot.on('plotly_hover', event => {
  const point = event.points[0], [source, name] = point.customdata;
  picture.style.display = source ? 'block' : 'none'; if (source) picture.src = source;
  text.textContent = name;
  card.hidden = false;
  x = event.event.clientX; y = event.event.clientY;
  place();
});
plot.on('plotly_unhover', () => { card.hidden = true; });
"""
CARD = (
    '<div id="card" hidden style="position:fixed;z-index:9999;pointer-events:none;background:#fff;'
    'border-radius:6px;padding:5px;width:110px;box-shadow:0 2px 12px #0005;font:11px sans-serif;'
    'overflow-wrap:anywhere"><img alt="" style="width:110px;border-radius:4px;display:block"><span></span></div>'
)


def positions(part: Part, seed: int = 0) -> np.ndarray:
    """A place on a plane for each video that has this kind of evidence, those that are alike side by side.

    t-SNE on principal components; of words, on those of their weighed tokens. Float64 [m, 2] of the m
    rows of the part's mask; the same rows and seed give the same places.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    count = int(part.mask.sum())
    # Few rows are placed faster by one thread than by many that wait for one another.
    with threadpool_limits(1 if count < THREADS_FROM else None):
        rows = _rows(part.at(part.mask), seed) if count else np.zeros((0, 1))
        if count < 3 or not np.ptp(rows, axis=0).any():
            return np.column_stack([np.arange(count, dtype=float), np.zeros(count)])
        if part.rows != "text":
            rows = PCA(min(COMPONENTS, *rows.shape), random_state=seed).fit_transform(rows)
        start = "pca" if rows.shape[1] > 1 else "random"
        perplexity = min(30, (count - 1) / 3)
        return TSNE(2, perplexity=perplexity, init=start, random_state=seed).fit_transform(rows).astype(float)


def _rows(part: Part, seed: int) -> np.ndarray:
    """Rows in which what is alike is near: pictures as they are, other numbers of one spread each, words in short."""
    from sklearn.utils.extmath import randomized_svd

    if part.rows == "text":
        weighed = unit(learn_vocabulary(part.X)[1])
        left, values, _ = randomized_svd(weighed, min(COMPONENTS, *weighed.shape), random_state=seed)
        return np.asarray(left * values)
    return part.X if part.rows == "rooted" else part.X / spreads(part.X)


def library_map(
    places: np.ndarray, names: Sequence[str], folders: Sequence[str | None], pictures: Sequence[bytes | None]
) -> Shown:
    """An interactive map: a point a video, coloured by folder, its poster under the pointer.

    places: float [n, 2]; of more than 1500 videos every n-th is drawn. Nothing is fetched when it is shown.
    """
    import plotly.graph_objects as go

    drawn = range(0, len(names), -(-len(names) // MOST_POINTS) or 1)
    labels = [folder or UNSORTED for folder in folders]
    figure = go.Figure()
    for number, label in enumerate(sorted(set(labels), key=lambda label: (label == UNSORTED, label))):
        rows = [row for row in drawn if labels[row] == label]
        is_unsorted = label == UNSORTED
        figure.add_scatter(
            x=places[rows, 0],
            y=places[rows, 1],
            mode="markers",
            name=escape(label),
            hoverinfo="none",
            customdata=[[_thumbnail(pictures[row]), with_codes(f"{names[row]} · {label}")] for row in rows],
            marker={
                "size": 8,
                "color": "#9aa5b1" if is_unsorted else PALETTE[number % len(PALETTE)],
                "symbol": "circle-open" if is_unsorted else ("circle", "diamond")[number // len(PALETTE) % 2],
            },
        )
    hidden = {"visible": False}
    figure.update_layout(
        template="plotly_white", margin={"l": 0, "r": 0, "t": 34, "b": 0}, xaxis=hidden, yaxis=hidden,
        legend={"itemsizing": "constant"}, hovermode="closest", hoverdistance=12,
    )
    page = figure.to_html(
        full_html=True, include_plotlyjs=True, post_script=ON_HOVER, config={"displaylogo": False, "responsive": True}
    )
    # A frame of its own: the script neither sees nor disturbs the notebook around it.
    # The script looks for the card as soon as it runs, so the card comes first.
    page = page.replace("<body>", f"<body>{CARD}", 1)
    page = page.replace("<html>", '<html lang="en">', 1).replace("<head>", "<head><title>Map of the library</title>", 1)
    videos, folders = counted(len(drawn), "video"), counted(len(set(labels)), "folder")
    text = f"A map of {videos} in {folders}; what looks alike lies side by side."
    return Shown(
        f'<iframe title="{text}" srcdoc="{html.escape(page)}" sandbox="allow-scripts" '
        'style="width:100%;height:620px;border:0;background:#fff"></iframe>',
        text,
    )


def _thumbnail(picture: bytes | None) -> str:
    """A poster in the size that the map shows it in."""
    from PIL import Image

    if picture is None:
        return ""
    with Image.open(io.BytesIO(picture)) as image:
        image.thumbnail((POSTER_WIDTH, 2 * POSTER_WIDTH))
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "WEBP", quality=60)
    return data_url(buffer.getvalue(), "image/webp")
