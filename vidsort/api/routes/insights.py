"""The numbers behind the Insights page."""

from ..answers import Here, faults
from ..contract import InsightAnswer, Topic
from ..insights.topics import insight
from .subject import Subject

router = Subject("Insights")


@router.get("/api/insights/{topic}", summary="The numbers of one topic", responses=faults(422))
def told(here: Here, topic: Topic) -> InsightAnswer:
    """What the model in force was measured to be: on folders, confusion, calibration, coverage, the curve by which it
    learns, kinds of evidence.
    """
    return InsightAnswer.model_validate(insight(here, topic))
