"""The funnels of code monitoring, against scipy's own distributions and an example worked by hand."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

_PATH = Path(__file__).parents[2] / "dbt_project" / "models" / "intermediate" / "int_code_funnels.py"
_SPEC = importlib.util.spec_from_file_location("int_code_funnels", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
FUNNELS = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(FUNNELS)


def _found(**values: float) -> dict[str, float]:
    columns = {
        "sessions": 30.0,
        "possible_sessions": 1000.0,
        "rate": 0.02,
        "dispersion": 2.0,
        "other_possible_sessions": 4000.0,
        "between_variance": 0.005**2,
        "inner_percent": 95.0,
        "outer_percent": 99.8,
    }
    columns.update(values)
    found = FUNNELS.funnels({name: np.array([value]) for name, value in columns.items()})
    return {name: float(value[0]) for name, value in found.items()}


def test_tails_are_those_of_the_negative_binomial_distribution() -> None:
    # 1000 x 2 % = 20 sessions or 10 events are expected. Their variance: 10 for chance here, 10 x 1000 / 4000 for
    # chance among the others, (1000 / 2)^2 x 0.005^2 = 6.25 between schools: 18.75 in all, so n = 10^2 / 8.75.
    shape = 10**2 / 8.75
    known = stats.nbinom(shape, shape / (shape + 10))
    assert known.var() == pytest.approx(18.75)
    # 30 sessions are 15 events
    assert _found()["p_value"] == pytest.approx(2 * known.sf(14))
    # 4 sessions are 2 events
    assert _found(sessions=4)["p_value"] == pytest.approx(2 * known.cdf(2))
    assert _found(sessions=0)["p_value"] == pytest.approx(2 * known.cdf(0))


def test_a_school_like_the_others_is_not_improbable() -> None:
    assert _found(sessions=20)["p_value"] == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize(("limit", "tail"), [("inner", 0.025), ("outer", 0.001)])
def test_at_a_limit_the_tail_is_what_the_rule_says(limit: str, tail: float) -> None:
    high = _found()[f"{limit}_high"]
    assert _found(sessions=1000 * high)["p_value"] == pytest.approx(2 * tail)
    low = _found()[f"{limit}_low"]
    if low > 0:
        assert _found(sessions=1000 * low)["p_value"] == pytest.approx(2 * tail)


def test_without_a_possible_session_there_is_nothing_to_say() -> None:
    found = _found(sessions=0, possible_sessions=0)
    assert np.isnan(found["p_value"])
