"""Large tables are made in batches of slices: every slice once, and never too many marks together."""

from orchestration.plan.batches import batches

MILLION = 1_000_000


def test_schools_of_a_year_go_together_up_to_what_memory_holds() -> None:
    slices = [
        (2, "2024/25", MILLION), (1, "2024/25", MILLION), (3, "2024/25", 1), (1, "2025/26", 1), (2, "2025/26", 1),
    ]  # fmt: skip
    assert list(batches(slices, of_years=True)) == [
        {(1, "2024/25"), (2, "2024/25")},  # two million, and one more would be too many
        {(3, "2024/25")},
        {(1, "2025/26"), (2, "2025/26")},
    ]


def test_a_school_with_all_its_years_is_never_divided() -> None:
    slices = [(1, "2024/25", 2 * MILLION), (1, "2025/26", MILLION), (2, "2024/25", MILLION), (3, "2025/26", MILLION)]
    assert list(batches(slices, of_years=False)) == [
        {(1, "2024/25"), (1, "2025/26")},
        {(2, "2024/25"), (3, "2025/26")},
    ]


def test_nothing_gives_no_batch() -> None:
    assert list(batches([], of_years=True)) == list(batches([], of_years=False)) == []
