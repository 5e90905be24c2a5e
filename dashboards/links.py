"""Files of the release before that the next one takes over as they are: by hard link.

A link is a name of its own: either release can be deleted without harm to the other. No file of a release is ever
written to again, only replaced under its name, so a link can never change what the other release holds (ADR 27).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link(source: Path, target: Path) -> None:
    """A hard link, or a copy where the file system has none (another disk, or too many links)."""
    try:
        os.link(source, target)
    except FileExistsError:
        target.unlink()
        link(source, target)
    except OSError:
        shutil.copyfile(source, target)
