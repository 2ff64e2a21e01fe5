"""The files of pictures that come in: kept before the database is locked, as that is slow, and
removed again when their rows did not get there."""

import datetime
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from articles import pictures
from articles.models import Picture
from publication import renditions


@dataclass(slots=True)
class PictureFiles:
    """The files of one call. `originals` are pictures by SHA-256, with their files kept and their
    rows not yet in the database."""

    originals: dict[str, Picture] = field(default_factory=dict)
    shown: list[Picture] = field(default_factory=list)

    def keep(self, facts: pictures.Facts, data: bytes) -> Picture:
        """The picture of these bytes, its file kept. Raises OSError when the disk is full."""
        picture = Picture(**facts._asdict())
        self.originals[picture.sha256] = picture
        pictures.attach(picture, data)
        return picture

    def make_renditions(
        self, hashes: Collection[str], progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Make the public forms of these pictures, of the library's and of those kept here.

        Raises OSError when the disk is full. `progress` is told how many are ready, of how many.
        """
        absent = set(hashes) - self.originals.keys()
        self.shown = [
            *(picture for sha256, picture in self.originals.items() if sha256 in hashes),
            *(Picture.objects.filter(sha256__in=absent) if absent else ()),
        ]
        if not self.shown:
            return
        with ThreadPoolExecutor() as pool:
            tasks = [pool.submit(renditions.make, picture) for picture in self.shown]
            try:
                for made, task in enumerate(as_completed(tasks), start=1):
                    task.result()
                    if progress:
                        progress(made, len(tasks))
            finally:
                pool.shutdown(cancel_futures=True)

    def remove(self, at: datetime.datetime) -> None:
        """Remove the files whose rows did not get into the database."""
        plans = {picture.sha256: renditions.planned(picture) for picture in self.shown}
        renditions.remove_unneeded(plans, at)
        known = Picture.objects.filter(sha256__in=self.originals).values_list("sha256", flat=True)
        for sha256 in self.originals.keys() - set(known):
            picture = self.originals[sha256]
            if picture.file.name:
                picture.file.storage.delete(str(picture.file.name))
                with suppress(OSError):  # others lie there, too
                    Path(picture.file.storage.path(str(picture.file.name))).parent.rmdir()
