"""Keep files whole: one that cannot be written to its end is not there at all."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Files whose names come from their bytes: writing one again replaces it by the same.

    A file is written beside its place and moved there, so a full disk or a crash leaves nothing
    under a name that later is taken for a good file.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content: File) -> str:
        folder = Path(self.location)
        folder.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            return super()._save(name, _Written(path))  # type: ignore[misc]
        finally:
            Path(path).unlink(missing_ok=True)


class _Written(File):
    """A file on disk that only needs to be moved."""

    def __init__(self, path: str) -> None:
        super().__init__(None, name=path)
        self.path = path

    def temporary_file_path(self) -> str:
        return self.path
