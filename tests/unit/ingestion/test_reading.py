"""Bytes to rows: encodings, dialects, lines, and files that are not what their name says."""

import json

import pytest

from ingestion.feeds.reading import UnreadableFile, decode, read_file


def rows(content: bytes, extension: str = "csv", under: str | None = None) -> list[tuple[object, ...]]:
    return read_file(content, extension, under).frame.rows()


def test_the_header_is_line_one_and_empty_cells_are_null() -> None:
    assert rows(b"a,b\n1,\n,2\n") == [(2, "1", None), (3, None, "2")]


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t", b"|"])
def test_every_usual_delimiter_is_found(delimiter: bytes) -> None:
    assert rows(b"upn%bdate\nA%bB\n".replace(b"%b", delimiter)) == [(2, "A", "B")]


def test_byte_order_mark_windows_1252_and_utf_16_are_read() -> None:
    assert read_file("\ufeffupn,n\n1,Zoë\n".encode(), "csv").headings == ["upn", "n"]
    assert rows("upn,n\n1,Zoë\n".encode("cp1252")) == [(2, "1", "Zoë")]
    assert rows("upn,n\n1,Zoë\n".encode("utf-16")) == [(2, "1", "Zoë")]


def test_line_breaks_in_quotes_and_blank_lines_do_not_shift_the_line_of_a_row() -> None:
    assert rows(b'a,b\n1,"x\ny"\n\n2,z\n') == [(2, "1", "x\ny"), (5, "2", "z")]


def test_a_row_of_commas_is_a_row_and_a_blank_line_is_none() -> None:
    assert rows(b"a,b\n,\n\n1,2\n") == [(2, None, None), (4, "1", "2")]


def test_the_backslash_mark_is_no_escape() -> None:
    assert rows(b'a,b\n1,\\\n2,"\\"\n') == [(2, "1", "\\"), (3, "2", "\\")]


def test_a_quote_that_never_ends_costs_no_other_row() -> None:
    assert rows(b'a,b\n1,"x\n2,y\n')[1] == (3, "2", "y")


def test_a_file_cut_off_in_a_row_keeps_the_rows_before() -> None:
    assert rows(b"upn,date,code\nA,2025-09-04,/\nB,2025-") == [(2, "A", "2025-09-04", "/"), (3, "B", "2025-", None)]


def test_longer_and_shorter_rows_are_read_as_far_as_they_go() -> None:
    assert rows(b"a,b\n1,2,3\n4\n") == [(2, "1", "2"), (3, "4", None)]


def test_json_records_have_ordinals_as_lines() -> None:
    content = json.dumps({"data": [{"upn": "A", "minutes_late": 5}, {"upn": None}]}).encode()
    assert rows(content, "json", "data") == [(1, "A", "5"), (2, None, None)]
    assert rows(b'[{"upn": "A"}]', "json", "data") == [(1, "A")]


@pytest.mark.parametrize(
    ("content", "extension", "says"),
    [
        (b"", "csv", "empty"),
        (b" \n\n", "csv", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "csv", "not text"),
        (b"PK\x03\x04\x00\x00", "csv", "not text"),
        (b"upn,n\n\x81\x8d", "csv", "neither"),
        (b'[{"upn": "A"', "json", "not complete"),
        (b'{"data": 3}', "json", "no list"),
        (b"[" * 100_000, "json", "nested"),
        (b"PAR1 and no more", "parquet", "Parquet"),
        (b"<xml/>", "xml", "XML"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(content: bytes, extension: str, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read_file(content, extension, "data")


def test_text_is_never_guessed_from_bytes_that_no_encoding_fits() -> None:
    assert decode("naïve".encode()) == "naïve"
    with pytest.raises(UnreadableFile):
        decode(b"\x8f\x9d")
