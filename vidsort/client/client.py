"""A running server from Python: the documented API with the types of its schema, and nothing of its own.

    with VidsortClient("http://127.0.0.1:8000") as server:
        first = server.videos().videos[0]
        server.sort(first.filename, first.predicted_folder)
        server.undo()
        server.retrain()
        server.wait_for_retrain()
        server.predictions()                # a table of pandas

The same awaited:

    async with AsyncVidsortClient("http://127.0.0.1:8000") as server:
        async for event in server.events():
            print(await server.pace())
"""

from .awaited import AsyncFollowing
from .following import Following
from .streams import Streams


class VidsortClient(Following, Streams):
    """One server; a method a route, which takes and gives what the schema at `/openapi.json` says; some of several.

    Every method raises the error that the server's status stands for (NotFoundError, ConflictError, ForbiddenError,
    InvalidNameError, else VidsortError) with the server's sentence, and VidsortError where no server answers.
    """


class AsyncVidsortClient(AsyncFollowing, Streams):
    """The same methods to be awaited, `each_video` and `events` to be gone through by `async for`."""
