"""The leads that are made up for measuring."""

from shangji.bench import enterprise


def test_every_body_is_another_lead_of_the_same_length():
    bodies = [enterprise.body(number) for number in (0, 7, 99_999_999)]

    assert len(set(bodies)) == 3
    assert len({len(body) for body in bodies}) == 1


def test_one_row_of_fifty_tells_of_somebody_who_was_told_of_before():
    phones = [enterprise.row(number)[2] for number in range(1000)]

    assert len(phones) - len(set(phones)) == 20


def test_a_row_has_a_cell_for_every_column():
    assert len(enterprise.row(3)) == len(enterprise.COLUMNS)
