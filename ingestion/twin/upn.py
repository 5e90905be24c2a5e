"""Valid unique pupil numbers for invented pupils.

Source: DfE, Unique pupil numbers: guide, version 1.2: a check letter, the local authority, the school, the year of
allocation and a serial number; a temporary number ends in a letter.
"""

import numpy as np
import numpy.typing as npt

from quality.contracts.upn import CHECK_ALPHABET


def make_upns(stems: npt.NDArray[np.int64], temporary: npt.NDArray[np.bool_]) -> npt.NDArray[np.str_]:
    """UPNs of 12-digit stems (authority, school, year, serial). Where `temporary`, the last digit becomes a letter.

    A letter counts in the check sum by its place in the alphabet; the guide's value for it is not published.
    """
    digits = (stems[:, None] // 10 ** np.arange(11, -1, -1, dtype=np.int64)) % 10
    sums = digits @ np.arange(2, 14)
    letters = np.array(list(CHECK_ALPHABET))
    text = np.char.zfill(stems.astype(str), 12)
    last = np.where(temporary, letters[digits[:, -1]], text.astype("U12").view("U1").reshape(-1, 12)[:, -1])
    body = np.char.add(text.astype("U11"), last)
    return np.char.add(letters[sums % len(CHECK_ALPHABET)], body)
