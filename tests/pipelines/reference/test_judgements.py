from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.reference.judgements import (
    JudgementFileError,
    judge,
    read_judgements,
    take_back,
    write_judgements,
)

HEADER = "kind,left,right,judgement,judged_by,judged_at,withdrawn_at,note\n"
NOON = datetime(2026, 11, 25, 12)


def test_no_file_is_no_judgement(tmp_path: Path) -> None:
    assert read_judgements(tmp_path / "judgements.csv").is_empty()


def test_what_is_written_is_read_again_and_what_is_taken_back_stays_on_record(
    tmp_path: Path,
) -> None:
    path = tmp_path / "judgements.csv"
    rows = judge(read_judgements(path), "entity", "a", "b", "same", "Ada", NOON, "one firm, really")
    write_judgements(path, rows)
    assert read_judgements(path).equals(rows)
    taken, count = take_back(read_judgements(path), "entity", "b", "a", NOON + timedelta(hours=1))
    write_judgements(path, taken)
    (row,) = read_judgements(path).rows(named=True)
    assert (count, row["judgement"], row["withdrawn_at"]) == (1, "same", "2026-11-25T13:00:00.000")
    assert take_back(taken, "entity", "a", "b", NOON)[1] == 0
    assert [file.name for file in tmp_path.iterdir()] == ["judgements.csv"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("entity,a,b,perhaps,Ada,2026-11-25,,", "row 2: judgement is perhaps; it can be same, "),
        ("outlet,a,b,same,Ada,2026-11-25,,", "row 2: kind is outlet; it can be entity, "),
        ("entity,a,,same,Ada,2026-11-25,,", "row 2: right is missing; fill it in"),
        ("entity,a,a,same,Ada,2026-11-25,,", "row 2: a is judged against itself; name two"),
        ("entity,a,b,same,Ada,last week,,", "row 2: judged_at is last week; write it as 2026"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(f"{HEADER}{line}\n", "utf-8")
    with pytest.raises(JudgementFileError) as caught:
        read_judgements(path)
    assert fault in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text("kind,left,right\nentity,a,b\n", "utf-8")
    with pytest.raises(JudgementFileError, match="lacks the columns judged_at, judged_by"):
        read_judgements(path)
