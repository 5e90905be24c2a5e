"""Every cell of the marts of many random trusts, added up again from the marks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.golden import folders, random_trust
from tests.golden.conftest import build, every_mart
from tests.golden.explained import every_cell_is_made_again, tampering_is_seen
from tests.golden.test_properties import PLANS, WHOLE_BUILDS, make


@pytest.mark.slow
@settings(WHOLE_BUILDS, max_examples=6)
@given(plan=PLANS)
def test_every_cell_is_made_again_in_many_trusts(
    tmp_path_factory: pytest.TempPathFactory, plan: tuple[int, int, int]
) -> None:
    schools = random_trust.make_trust(*plan)
    root = make(tmp_path_factory.mktemp("explained") / "trust", schools)
    for inbox, name, header, rows in random_trust.files(schools, plan[0]):
        folders.write_extract(root / "inbox" / inbox / name, header, rows)
    with build(root, every_mart()) as built:
        every_cell_is_made_again(built.warehouse)
        tampering_is_seen(built.warehouse)
