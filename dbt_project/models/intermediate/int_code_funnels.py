"""How far a school's use of a code lies from what the trust's other schools of its phase lead one to expect.

Grain: one row per school, period, population and code of int_code_expectations that has another school to compare with.
In Python for the special functions.

Sessions are counted in independent events, sessions divided by the dispersion. They follow a negative binomial
distribution with the mean and variance that the other schools give; its tails are the p-value, its quantiles the limits
of the funnel, both read between whole events as the incomplete beta function runs.
"""

IDS = ("school_urn", "academic_year", "period_type", "period_key", "population", "code")
LIMITS = ("inner", "outer")


def funnels(columns):
    """`columns`: arrays by name (int_code_expectations). Returns p_value (two-sided) and inner_low, inner_high,
    outer_low, outer_high, shares of possible sessions, as arrays by name; NaN without a possible session."""
    import numpy as np
    from scipy import special

    size, possible, rate = columns["dispersion"], columns["possible_sessions"], columns["rate"]
    with np.errstate(divide="ignore", invalid="ignore"):
        events, mean = columns["sessions"] / size, possible * rate / size
        beyond_chance = (possible / size) ** 2 * columns["between_variance"]
        shape = mean**2 / (mean * possible / columns["other_possible_sessions"] + beyond_chance)
        chance = shape / (shape + mean)
        at_most = special.betainc(shape, events + 1, chance)
        at_least = np.where(events > 0, special.betaincc(shape, np.maximum(events, 1e-12), chance), 1.0)
        found = {"p_value": np.minimum(1, 2 * np.minimum(at_most, at_least))}
        for name in LIMITS:
            tail = (1 - columns[f"{name}_percent"] / 100) / 2
            found[f"{name}_low"] = special.nbdtrik(tail, shape, chance) * size / possible
            found[f"{name}_high"] = (special.nbdtrik(1 - tail, shape, chance) + 1) * size / possible
    return found


def model(dbt, session):
    """dbt's entry point: reads int_code_expectations, returns an Arrow table."""
    import numpy as np
    import pyarrow as pa

    dbt.config(materialized="table")
    table = dbt.ref("int_code_expectations").filter("other_schools > 0").to_arrow_table()
    numbers = [name for name in table.column_names if name not in IDS and name != "is_enough"]
    found = funnels({name: table[name].to_numpy().astype(float) for name in numbers})
    for name, values in found.items():
        table = table.append_column(name, pa.array(np.asarray(values, float), pa.float64(), from_pandas=True))
    return table.select([*IDS, *found])
