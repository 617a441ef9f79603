"""Models as JSON files that carry a digest of their own content.

The digest is the second line of such a file, and it is that of the file without this line: `sed 2d FILE | sha256sum`.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bench.errors import DamagedError, OtherVersionError

Model = TypeVar("Model", bound=BaseModel)


def to_json(model: BaseModel) -> bytes:
    """Return a model as the content of its file."""
    first, rest = (model.model_dump_json(indent=1) + "\n").encode().split(b"\n", 1)
    return b"\n".join([first, _digest_line(first, rest), rest])


def from_json(content: bytes, kind: type[Model], *, undigested: bool = False) -> Model:
    """Return the model in a file.

    Parameters
    ----------
    undigested : bool
        Whether it may lack a digest, as what earlier versions wrote does.

    Raises
    ------
    DamagedError
        If the content is not what was written.
    OtherVersionError
        If another version of the program wrote it.
    """
    lines = content.split(b"\n", 2)
    if len(lines) == 3 and lines[1] == _digest_line(lines[0], lines[2]):
        content = lines[0] + lines[2]
    elif not _lacks_digest(content, kind):
        raise DamagedError("its content is not what was written: its digest differs")
    elif not undigested:
        raise OtherVersionError("another version of the program wrote it")
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise OtherVersionError(f"another version of the program wrote it ({where}: {problem['msg']})") from error


def _digest_line(first: bytes, rest: bytes) -> bytes:
    digest = sha256(first + b"\n" + rest).hexdigest()
    return f' "sha256": "{digest}",'.encode()


def _lacks_digest(content: bytes, kind: type[BaseModel]) -> bool:
    """Return whether a file is a whole one of this kind that begins with a field, where others have their digest."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and next(iter(found), "") in kind.model_fields
