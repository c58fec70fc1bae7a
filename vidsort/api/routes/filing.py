"""Filing without a person, as far as a promise goes."""

from ...autofile.filing import batch_of, file, plan
from ...records import Folder
from ..answers import Here, faults
from ..contract import AutofileAnswer, AutofileBody, Basis, RealisedWrong, SortOutcome, SortWish, SureGuess
from ..turns import looking, moving
from ..workspace import Workspace
from .moves import came_of
from .subject import Subject

router = Subject("Sorting", moves=True)


@router.post("/api/autofile", summary="File the surest videos", responses=faults(409, 422))
async def autofile(here: Here, body: AutofileBody | None = None) -> AutofileAnswer:
    """File the surest videos, so that at most this share is wrong; one undo takes all back. A dry run unless told."""
    wanted = body or AutofileBody()
    # Who only looks does not wait for a long copy.
    answered = looking(_answered) if wanted.dry_run else moving(_answered)
    return await answered(here, wanted)


def _answered(here: Workspace, wanted: AutofileBody) -> AutofileAnswer:
    library = here.library
    planned = plan(library, here.predicted(), wanted.at_most_wrong, here.settings.blind_share)
    outcomes = [] if wanted.dry_run else file(library, planned)
    stayed = {outcome.wish.filename for outcome in outcomes if outcome.error is not None}
    moves = [each for each in planned.moves if each.filename not in stayed]
    found = planned.promise
    return AutofileAnswer(
        moves=[SortWish(filename=each.filename, folder=each.folder) for each in moves],
        expected_wrong=found.expected_wrong,
        upper_bound=found.upper_bound,
        reason=planned.reason,
        batch=batch_of(outcomes),
        held=[each.filename for each in planned.held],
        counts=[Folder(name=name, count=count) for name, count in planned.folders.items()],
        least_sure=[SureGuess(**each._asdict()) for each in planned.least_sure],
        skipped=[
            SortOutcome(filename=outcome.wish.filename, folder=str(outcome.wish.folder), **came_of(outcome))
            for outcome in outcomes if outcome.error is not None
        ],
        left=planned.left,
        rests_on=Basis(
            labelled=planned.labelled, blind=planned.blind, evidence=found.evidence, pile=planned.pile,
            harder=found.harder, enough=found.enough,
            least_confidence=planned.moves[-1].confidence if planned.moves else None,
            realised=RealisedWrong(**vars(planned.realised)),
        ),
        folders=library.folders(),
    )
