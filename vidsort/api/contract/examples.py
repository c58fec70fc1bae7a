"""An example of each schema of the API, all of one library: what is told in one is what the others tell of it.

A row a schema, by its name in the document; those of bodies can be sent to a library that has these names.
"""

import json
from typing import Any

VIDEO, ANOTHER, SORTED = "7234567890123456.mp4", "7234567890123457.mp4", "7100000000000042.mp4"
FOLDERS = [{"name": "food", "count": 55}, {"name": "soccer", "count": 82}]
BATCH = "61ad037308e14b91a8bcf63268f08426"
MODEL, PREDICTIONS = "20261127-093510-e75c47", "20261127-093512-eb1bf8"
TOP = [{"folder": "soccer", "confidence": 0.91}, {"folder": "food", "confidence": 0.05}]
ENTRY = {"filename": VIDEO, "predicted_folder": "soccer", "confidence": 0.91, "top_predictions": TOP}
RECORD = ENTRY | {"folder": None}
SORTED_RECORD: dict[str, Any] = {
    "filename": SORTED, "predicted_folder": None, "confidence": 0.0, "top_predictions": [], "folder": "soccer",
}
QUEUED = ENTRY | {
    "skipped": False, "blind": False, "unreadable": None, "playable": "direct", "duration_s": 14.2, "width": 576,
    "height": 1024, "caption": "Overhead kick in the last minute",
}
WORDS = {
    "title": "Overhead kick", "description": "In the last minute", "hashtags": ["soccer", "goal"], "author": "kicker",
    "sound": "original sound", "speech": "what a goal", "language": "en", "screen": "2 : 1",
}
MISFILED = SORTED_RECORD | {"suggested": "food", "own": 0.04, "other": 0.88, "doubt": 3.09}
ONE_OF_SET = SORTED_RECORD | {
    "size_bytes": 2_400_000, "duration_s": 14.2, "width": 1080, "height": 1920, "bit_rate": 1_350_000,
}
SET = {"id": "8c1f04ab93de7710", "videos": [
    ONE_OF_SET, ONE_OF_SET | RECORD | {"size_bytes": 800_000, "width": 576, "height": 1024, "bit_rate": 450_000},
]}
LIKE = SORTED_RECORD | {"likeness": 0.61}
PROPOSAL = {
    "name": "sourdough", "size": 12, "words": ["sourdough", "bread"], "fits": 0.21, "videos": [RECORD],
}
MOVE = {
    "id": 14, "batch": BATCH, "kind": "sort", "source": VIDEO, "target": f"soccer/{VIDEO}", "state": "done",
    "at": 1795822513.57, "by": "7f3a", "account": "rita",
}
UNDONE = MOVE | {"state": "undone"}
SORTED_WELL = {"filename": VIDEO, "success": True, "status": 200, "detail": None, "folder": "soccer"}
MOVED_WELL = {"filename": SORTED, "success": True, "status": 200, "detail": None, "from": "soccer", "to": "food"}
NOT_THERE = f"{VIDEO} is not in the root of the library: it may already be sorted."
LEFT_OUT = {
    "kind": "names", "reason": "their names are not digits and .mp4", "count": 3, "examples": ["holiday.mov"],
    "mend": "set video_names to any",
}
LIVE = {"labels": 7, "since_model_id": MODEL, "at": "2026-11-27T09:41:07+00:00"}
RETRAINED = {
    "running": False, "last_result": "success", "live": None, "job": 3, "started_at": 1795822390.2,
    "ended_at": 1795822512.9, "took_s": 122.7, "step": "predict", "failed": 0, "left_out": [], "model_id": MODEL,
    "predictions_id": PREDICTIONS, "promoted": True, "verdict": "Promoted: it is no worse than the current one.",
    "accuracy": 0.87, "accuracy_low": 0.82, "accuracy_high": 0.91, "chance": 0.6,
}
LOOK = {
    "running": True, "pressed": False, "done": 12, "total": 40, "left_s": 21.0, "not_looked_at": 0, "about_s": None,
    "failed": 0, "reason": None,
}
VERSION = {
    "model_id": MODEL, "created": "2026-11-27T09:35:10+00:00", "is_current": True, "held_back": False,
    "verdict": "Promoted: it is no worse than the current one.", "head": "lda", "feature_set": "2d218ee01d6f",
    "videos": 137, "folders": 2, "accuracy": 0.87, "accuracy_low": 0.82, "accuracy_high": 0.91, "note": None,
    "macro_f1": 0.86, "calibration_error": 0.04, "log_loss": 0.35, "predictions_id": PREDICTIONS,
}
REALISED = {"wrong": 1, "checked": 40, "low": 0.001, "high": 0.08, "holds": True}
BASIS = {
    "labelled": 137, "blind": 40, "evidence": 131.0, "pile": 412, "harder": 0.1, "least_confidence": 0.97,
    "enough": None, "realised": REALISED,
}
AGREEMENT = {"seen_agreed": 180, "seen_count": 200, "blind_agreed": 34, "blind_count": 40}
PREFERENCES = {
    "folder_keys": {"soccer": "1", "food": "2"}, "keys": {"undo": "z"}, "order": "telling", "muted": True,
    "volume": 0.5, "speed": 1.5, "colours": "dark",
}
COMPLAINT = {
    "type": "int_parsing", "loc": ["query", "limit"], "input": "x",
    "msg": "Input should be a valid integer, unable to parse string as an integer",
}
MISFIT = (
    "limit in the query does not fit (input should be a valid integer, unable to parse string as an integer): "
    "see /docs for what this server answers."
)
IN_FORCE = "2262a2-2e1-18ec0b0f1dbe93ac"
MOVED = {"moves": [MOVE], "left_out": 0}
STATE = {
    "away": None, "folders": FOLDERS, "heirs": {}, "total": 411, "retrain": RETRAINED, "look": LOOK,
    "predictions": IN_FORCE,
}

# A block of the stream has what it holds as text.
STATE_EVENT = {"event": "state", "data": json.dumps(STATE), "retry": 1000}
MOVED_EVENT = {"event": "moved", "data": json.dumps(MOVED)}

# To webhooks.
TOLD = {"id": "0f6f7f5a2bd44f0a9f0d5f3a7c1e9b42", "time": "2026-11-27T23:35:13.570+00:00"}

EXAMPLES: dict[str, Any] = {
    "Action": {"move": MOVE, "count": 2},
    "ActionsAnswer": {"actions": [{"move": MOVE, "count": 2}]},
    "Agreement": AGREEMENT,
    "AutofileAnswer": {
        "folders": FOLDERS, "moves": [{"filename": VIDEO, "folder": "soccer"}], "expected_wrong": 0.008,
        "upper_bound": 0.02, "reason": "Of this 1 video at most 2 % are wrong, going by 137 labelled videos.",
        "batch": None, "held": [], "counts": [{"name": "soccer", "count": 1}],
        "least_sure": [{"filename": VIDEO, "folder": "soccer", "confidence": 0.97}], "skipped": [], "left": 0,
        "rests_on": BASIS,
    },
    "AutofileBody": {"at_most_wrong": 0.02, "dry_run": True},
    "Basis": BASIS,
    "BlindAnswer": {"filenames": [ANOTHER]},
    "Complaint": COMPLAINT,
    "DismissedAnswer": {"success": True, "filename": SORTED, "folders": ["soccer"]},
    "Duplicate": ONE_OF_SET,
    "DuplicateSet": SET,
    "DuplicatesAnswer": {"duplicates": [SET], "reason": None},
    "EntriesBody": {"filenames": [VIDEO, ANOTHER]},
    "Fault": {"detail": NOT_THERE},
    "Folder": FOLDERS[1],
    "FolderScore": TOP[0],
    "FolderVideosAnswer": {"videos": [SORTED_RECORD], "total": 82, "next_cursor": f"={SORTED}"},
    "FoldersAnswer": {"folders": FOLDERS},
    "Health": {"status": "ok", "detail": None},
    "HistoryAnswer": {"moves": [MOVE]},
    "InsightAnswer": {"model_id": MODEL, "reason": None, "numbers": {"misses": {"food": 0.1, "soccer": 0.05}}},
    "LeasesAnswer": {"here": [VIDEO], "elsewhere": [ANOTHER], "lease_s": 60.0},
    "LeasesBody": {"filenames": [VIDEO, ANOTHER]},
    "LeftOut": LEFT_OUT,
    "LibraryAnswer": {
        "data_dir": "/home/rita/Videos/favorites", "exists": True, "away": None, "unsorted": 412, "folders": FOLDERS,
        "heirs": {"football": "soccer"}, "can_choose": True, "decided_by": "file", "reason": None,
        "video_names": "digits", "reason_of_names": None, "left_out": [LEFT_OUT], "not_learned": [],
        "reason_of_not_learned": None,
    },
    "LibraryBody": {"path": "/home/rita/Videos/favorites"},
    "LibraryPreview": {
        "path": "/home/rita/Videos/favorites", "exists": True, "unsorted": 412, "folders": FOLDERS,
        "left_out": [LEFT_OUT],
    },
    "LikeAnswer": {"videos": [LIKE]},
    "LikeRecord": LIKE,
    "Live": LIVE,
    "LookCancelled": {"status": "cancelling"},
    "LookStarted": {"status": "started"},
    "LookStatus": LOOK,
    "Me": {
        "name": "rita", "role": "reviewer", "how": "account",
        "does": "sorts, moves and puts off videos, and takes back what it did itself",
    },
    "MergeBody": {"into": "food"},
    "MisfiledAnswer": {"videos": [MISFILED], "reason": None},
    "MisfiledRecord": MISFILED,
    "Misfit": {"detail": MISFIT, "errors": [COMPLAINT]},
    "ModelVersion": VERSION,
    "ModelsAnswer": {"models": [VERSION], "current": MODEL},
    "Move": MOVE,
    "MoveAnswer": {"folders": FOLDERS, "success": True, "filename": SORTED, "from": "soccer", "to": "food"},
    "MoveBatchAnswer": {"folders": FOLDERS, "success": True, "batch": BATCH, "outcomes": [MOVED_WELL]},
    "MoveBatchBody": {"moves": [{"filename": SORTED, "from": "soccer", "to": "food"}]},
    "MoveBody": {"filename": SORTED, "from": "soccer", "to": "food"},
    "MoveOutcome": MOVED_WELL,
    "MoveWish": {"filename": SORTED, "from": "soccer", "to": None},
    "Moved": MOVED,
    "MovedEvent": MOVED_EVENT,
    "MovesAnswer": {"folders": FOLDERS, "moves": [UNDONE], "heirs": {}, "told": []},
    "MovesTold": TOLD | {"event": "filed", "data": MOVED},
    "NameBody": {"name": "cooking"},
    "NamesBody": {"video_names": "any"},
    "NoDuplicatesAnswer": {"success": True, "id": SET["id"], "filenames": [VIDEO, SORTED]},
    "NotLearnedBody": {"folders": ["food"]},
    "Pace": {
        "sorted_last_hour": 200, "per_hour": 1100.0, "top1_accepted_share": 0.9, "remaining": 412, "left_s": 1348.0,
        "agreement": AGREEMENT,
    },
    "Preferences": PREFERENCES,
    "Preparing": {"status": "preparing", "done": 0.4},
    "Proposal": PROPOSAL,
    "ProposalsAnswer": {"proposals": [PROPOSAL], "reason": None},
    "QueueAnswer": {
        "videos": [QUEUED], "total": 412, "skipped": 0, "elsewhere": 0, "predictions": IN_FORCE,
        "next_cursor": f"0.0,-0.91,={VIDEO}",
    },
    "QueueEntry": QUEUED,
    "RealisedWrong": REALISED,
    "RecordsAnswer": {"videos": [RECORD, SORTED_RECORD]},
    "RetrainCancelled": {"status": "cancelling"},
    "RetrainStarted": {"status": "started"},
    "RetrainStatus": RETRAINED,
    "RetrainTold": TOLD | {"event": "retrained", "data": RETRAINED},
    "Role": "reviewer",
    "Share": {"kind": "frames", "share": 0.7},
    "SkipBody": {"filename": VIDEO},
    "SortAnswer": {"folders": FOLDERS, "success": True, "filename": VIDEO, "folder": "soccer"},
    "SortBatchAnswer": {"folders": FOLDERS, "success": True, "batch": BATCH, "outcomes": [SORTED_WELL]},
    "SortBatchBody": {
        "moves": [{"filename": VIDEO, "folder": "soccer"}, {"filename": ANOTHER, "folder": "food"}], "makes": None,
    },
    "SortBody": {"filename": VIDEO, "folder": "soccer"},
    "SortOutcome": SORTED_WELL,
    "SortWish": {"filename": VIDEO, "folder": "soccer"},
    "StarAnswer": {"success": True, "filename": VIDEO, "starred": True},
    "State": STATE,
    "StateEvent": STATE_EVENT,
    "SureGuess": {"filename": VIDEO, "folder": "soccer", "confidence": 0.97},
    "UndoBody": {"batch": BATCH},
    "VideoAnswer": RECORD | {"words": WORDS},
    "VideoEntry": ENTRY,
    "VideoRecord": RECORD,
    "VideosAnswer": {"videos": [ENTRY], "total": 412, "next_cursor": f"-0.91,={VIDEO}"},
    "WhyAnswer": {
        "filename": VIDEO, "predicted_folder": "soccer", "confidence": 0.91, "listed_folder": "soccer",
        "listed_confidence": 0.91, "shares": [{"kind": "frames", "share": 0.7}, {"kind": "words", "share": 0.3}],
        "words": ["#goal", "@kicker"], "nearest": [LIKE],
    },
    "Words": WORDS,
}
