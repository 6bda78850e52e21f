"""Charts: axes end where values fit, stacks stand on each other, few labels."""

import pytest

from beckon.web.charts import nice_top, shade, stacks


@pytest.mark.parametrize(("value", "top"), [(0, 4), (4, 4), (5, 8), (41, 60), (101, 120), (999, 1000), (1001, 1200)])
def test_an_axis_ends_at_a_round_number_dividable_by_four(value: int, top: int) -> None:
    assert nice_top(value) == top
    assert top % 4 == 0


def test_parts_of_a_stack_stand_on_each_other_and_nothing_is_left_out() -> None:
    chart = stacks(["Mon", "Tue"], {"texts": [10, 0], "calls": [30, 5]})
    first = [bar for bar in chart.bars if bar.title.startswith("Mon")]
    assert len(chart.bars) == 3
    assert first[1].y + first[1].height == pytest.approx(first[0].y, abs=0.2)


def test_labels_are_thinned_and_shades_end_at_five() -> None:
    assert len(stacks([str(n) for n in range(60)], {"a": [1] * 60}).across) <= 12
    assert [shade(share, 0.5) for share in (0.0, 0.01, 0.25, 0.5)] == [0, 1, 3, 5]
