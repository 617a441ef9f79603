"""Fitted neural reducers in a folder: parameters as JSON, weights as tensors, nothing that is run when it is read."""

from __future__ import annotations

import json
from dataclasses import astuple
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from reducers._errors import SavedReducerError
from reducers._history import Epoch

if TYPE_CHECKING:
    from reducers._neural import NeuralReducer

PARAMETERS = "parameters.json"
WEIGHTS = "weights.pt"
FITTED = ("n_features_in_", "output_", "n_iter_", "active_units_", "is_collapsed_", "drawing_seed_")
"""Attributes that JSON holds as they are."""
ARRAYS = ("embedding_", "squared_error_", "standard_deviation_")
"""Attributes that are arrays."""

R = TypeVar("R", bound="NeuralReducer")


def save(reducer: NeuralReducer, folder: Path) -> None:
    """Write a fitted reducer; the parameters last, so that a folder with them is complete."""
    params = reducer.get_params()
    if params.pop("callback") is not None:
        raise SavedReducerError("Got a callback, but expected none in a reducer to be saved; set callback=None first.")
    tensors = {name: torch.from_numpy(getattr(reducer, name)) for name in ARRAYS}
    snapshots = {epoch: torch.from_numpy(images) for epoch, images in reducer.snapshots_.items()}
    content = BytesIO()
    torch.save(
        {
            "encoder": reducer.encoder_.state_dict(),
            "decoder": reducer.decoder_.state_dict(),
            "arrays": tensors,
            "snapshots": snapshots,
        },
        content,
    )
    record = {
        "class": type(reducer).__name__,
        "params": params,
        "fitted": {name: getattr(reducer, name) for name in FITTED},
        "history": [astuple(epoch) for epoch in reducer.history_],
        "weights_sha256": sha256(content.getvalue()).hexdigest(),
    }
    try:
        text = json.dumps(record, indent=1)
    except TypeError as error:
        raise SavedReducerError(f"Got a parameter that is no JSON: {error}.") from error
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(content.getvalue())
    (folder / PARAMETERS).write_text(text + "\n", encoding="utf-8")


def load(cls: type[R], folder: Path) -> R:
    """Return the fitted reducer in a folder.

    Raises
    ------
    SavedReducerError
        If a file is missing or not as it was written, or the reducer is of another class.
    """
    record, content = _read(folder)
    if record.get("class") != cls.__name__:
        raise SavedReducerError(
            f"Got {folder}, which holds a {record.get('class')}, but expected one with a fitted {cls.__name__}."
        )
    if sha256(content).hexdigest() != record.get("weights_sha256"):
        raise SavedReducerError(f"Got {folder / WEIGHTS} with other bytes than were saved, but expected it whole.")
    try:
        reducer = cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in record["params"].items()})
        for name in FITTED:
            setattr(reducer, name, record["fitted"][name])
        reducer.history_ = tuple(Epoch(*values) for values in record["history"])
    except (KeyError, TypeError) as error:
        raise SavedReducerError(
            f"Got {folder / PARAMETERS} that does not describe a {cls.__name__}: {error}."
        ) from error
    state = torch.load(BytesIO(content), map_location=reducer.device, weights_only=True)
    with torch.random.fork_rng(devices=[]):
        reducer._build(reducer.n_features_in_, reducer.output_)
    reducer.encoder_.load_state_dict(state["encoder"])
    reducer.decoder_.load_state_dict(state["decoder"])
    for name in ARRAYS:
        setattr(reducer, name, state["arrays"][name].cpu().numpy())
    reducer.snapshots_ = {epoch: images.cpu().numpy() for epoch, images in state["snapshots"].items()}
    return reducer


def _read(folder: Path) -> tuple[dict[str, Any], bytes]:
    try:
        record = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))
        content = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise SavedReducerError(
            f"Got {folder} without {Path(error.filename).name}, but expected both files."
        ) from error
    except ValueError as error:
        raise SavedReducerError(f"Got {folder / PARAMETERS} that is no JSON: {error}.") from error
    if not isinstance(record, dict):
        raise SavedReducerError(f"Got {folder / PARAMETERS} with a {type(record).__name__}, but expected an object.")
    return record, content
