import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake import containers
from pipelines.intake.containers import is_container, members
from pipelines.intake.reader import RawFile, ReadSettings, Reject, UnreadableError

NEWS = {"it/a.txt": b"Buone notizie.", "b.html": b"<p>Good news.", "c.jsonl": b'{"text": "x"}\n'}
LINES = b"".join(b'{"text": "News number %d of the day."}\n' % number for number in range(20_000))


def zstd(content: bytes) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.CompressedOutputStream(stream, "zstd") as compressed:
        compressed.write(content)
    return bytes(stream.getvalue())


COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstd,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


def tarred(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=form) as archive:
        for name, member in members.items():
            told = tarfile.TarInfo(name)
            told.size = len(member)
            archive.addfile(told, io.BytesIO(member))
    return content.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def file(name: str, content: bytes) -> RawFile:
    return RawFile(name, io.BytesIO(content), ReadSettings())


def held(name: str, content: bytes) -> dict[str, bytes | str]:
    """Return what each member holds, or why it cannot be read; what stops the rest is under *."""
    found: dict[str, bytes | str] = {}
    try:
        for member in members(file(name, content)):
            if isinstance(member, Reject):
                found[member.place] = member.reason
                continue
            with member.stream as stream:
                try:
                    found[member.name] = member.content()
                except UnreadableError as error:
                    found[member.name] = str(error)
                del stream
    except UnreadableError as error:
        found["*"] = str(error)
    return found


# -- formats -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["v7", "gnu", "pax"]
)
def test_a_tar_of_any_format_is_its_members(form: int) -> None:
    assert held("a.tar", tarred(NEWS, form)) == NEWS


def test_a_tar_without_magic_is_known_by_its_name() -> None:
    content = bytearray(tarred({"a.txt": b"x"}, tarfile.USTAR_FORMAT))
    content[257:265] = bytes(8)
    content[148:156] = b"%06o\0 " % (sum(content[:148]) + 8 * 32 + sum(content[156:512]))
    assert held("a.tar", bytes(content)) == {"a.txt": b"x"}


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_a_compressed_file_is_one_member_under_its_inner_name(suffix: str) -> None:
    name = f"news.jsonl{suffix}"
    content = COMPRESSED[suffix](LINES)
    assert is_container(name, content[:100])
    assert held(name, content) == {"news.jsonl": LINES}


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_a_compressed_tar_is_its_members(suffix: str) -> None:
    content = COMPRESSED[suffix](tarred(NEWS))
    short = {".gz": ".tgz", ".zst": ".tzst", ".bz2": ".tbz2", ".xz": ".txz"}[suffix]
    for name in (f"a.tar{suffix}", f"a{short}", f"a{suffix}", "a"):
        assert held(name, content) == NEWS


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_compressed_files_one_after_another_are_read_to_the_last(suffix: str) -> None:
    pack = COMPRESSED[suffix]
    assert held(f"a.txt{suffix}", pack(b"One. ") + pack(b"") + pack(b"Two.")) == {
        "a.txt": b"One. Two."
    }


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_zip_of_any_method_is_its_members(method: int) -> None:
    assert held("a.zip", zipped(NEWS, method)) == NEWS


@pytest.mark.parametrize(
    ("name", "content", "is_one"),
    [
        ("page.html", gzip.compress(b"<p>", mtime=0), True),
        ("a.txt", b"BZh is no magic", False),
        ("a.docx", zipped(NEWS), False),
        ("a", zipped(NEWS), True),
        ("a.bin", tarred(NEWS), False),
        ("a.ZIP", b"<html>", True),
        ("crawl.warc.gz", gzip.compress(b"WARC/1.0", mtime=0), False),
        ("a.txt", b"Text.", False),
    ],
)
def test_bytes_are_believed_before_a_name(name: str, content: bytes, is_one: bool) -> None:
    assert is_container(name, content) is is_one


def test_a_page_saved_as_it_was_sent_keeps_its_name() -> None:
    assert held("page.html", gzip.compress(b"<p>x")) == {"page.html": b"<p>x"}


# -- what is passed over, refused, or lies about itself ------------------------------------


def test_what_is_no_file_of_somebody_is_passed_over() -> None:
    beside = {"__MACOSX/it/._a.txt": b"x", "it/.DS_Store": b"x", ".git/a.txt": b"x"}
    assert held("a.zip", zipped({**beside, **NEWS})) == NEWS
    assert held("a.tar", tarred({**beside, **NEWS})) == NEWS


def test_folders_and_links_are_passed_over() -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            told = tarfile.TarInfo("b.txt")
            told.type, told.linkname = kind, "a.txt"
            archive.addfile(told)
    assert held("a.tar", content.getvalue()) == {}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.mkdir("it")
        link = zipfile.ZipInfo("l.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "a.txt")
    assert held("a.zip", content.getvalue()) == {}


@pytest.mark.parametrize(("name", "pack"), [("a.zip", zipped), ("a.tar", tarred)])
def test_a_name_that_leads_out_of_the_archive_is_refused(
    name: str, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    found = held(name, pack({"../../a.txt": b"x", "/etc/b.txt": b"y", **NEWS}))
    assert "leads out of the archive" in str(found.pop("member ../../a.txt"))
    assert found == {"etc/b.txt": b"y", **NEWS}


def test_names_are_read_as_whoever_packed_them_wrote_them() -> None:
    content = zipped({"perch_.txt": b"x"}).replace(b"perch_", "perchè".encode()[:-1])
    assert list(held("a.zip", content)) == ["perch├.txt"]
    content = zipped({"per__.txt": b"x"}).replace(b"per__", "perù".encode())
    assert list(held("a.zip", content)) == ["perù.txt"]
    content = zipped({"it_a.txt": b"x"}).replace(b"it_a", b"it\\a")
    assert list(held("a.zip", content)) == ["it/a.txt"]
    content = tarred({"caff_.txt": b"x"}, tarfile.GNU_FORMAT)
    header = bytearray(content[:512].replace(b"caff_", b"caff\xe8"))
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + 8 * 32 + sum(header[156:]))
    assert list(held("a.tar", bytes(header) + content[512:])) == ["caff\\xe8.txt"]


def tampered(content: bytes, flags: int = 0, method: int | None = None) -> bytes:
    """Return a zip whose first member says in both of its headers that it is packed otherwise."""
    made = bytearray(content)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = made.index(sign) + at
        made[begin] |= flags
        if method is not None:
            made[begin + 2 : begin + 4] = method.to_bytes(2, "little")
    return bytes(made)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (tampered(zipped(NEWS), flags=1), "encrypted; pack it again without a password"),
        (tampered(zipped(NEWS), method=9), "a method that is not read .deflate64.; pack it again"),
        (tampered(zipped(NEWS), method=77), "number 77"),
        (tampered(zipped(NEWS, zipfile.ZIP_STORED), method=8), "damaged or was cut off"),
        (
            zipped(NEWS, zipfile.ZIP_STORED).replace(b"Buone", b"BUONE"),
            "Bad CRC-32.*what was read of it may be wrong too: hand it over again",
        ),
    ],
)
def test_a_member_that_cannot_be_unpacked_stops_none_beside_it(content: bytes, reason: str) -> None:
    import re

    found = held("a.zip", content)
    first = found.pop("member it/a.txt", None) or found.pop("it/a.txt")
    assert re.search(reason, str(first))
    assert found == {name: member for name, member in NEWS.items() if name != "it/a.txt"}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.gz", "a.zst", "a.xz", "a.bz2"])
@pytest.mark.parametrize("content", [b"", b"<html>An error page", b"\x1f\x8b\x08\x00", bytes(2000)])
def test_what_is_no_archive_is_said_to_be_none(name: str, content: bytes) -> None:
    found = held(name, content)
    if set(found) == {"*"}:
        assert "hand it over again" in str(found["*"])
    else:
        # Zeros are the end of a tar, and no compressed file begins so.
        assert found == {}


def test_a_zip_that_was_cut_off_says_so() -> None:
    assert "or was cut off" in str(held("a.zip", zipped(NEWS)[:-30])["*"])


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_of_a_file_that_was_cut_off_what_came_is_read(suffix: str) -> None:
    packed = COMPRESSED[suffix](LINES * 4)
    (member,) = members(file(f"a.jsonl{suffix}", packed[: len(packed) * 3 // 4]))
    assert isinstance(member, RawFile)
    lines = []
    with pytest.raises(UnreadableError, match="was cut off"):
        while line := member.stream.readline():
            lines.append(line)
    read = b"".join(lines)
    assert (LINES * 4).startswith(read)
    assert read.endswith(b"\n")
    assert len(read) > len(LINES) // 2


def test_a_small_file_that_was_cut_off_gives_what_came() -> None:
    packed = gzip.compress(LINES[:500])
    (member,) = members(file("a.jsonl.gz", packed[:-20]))
    assert isinstance(member, RawFile)
    assert member.stream.read(5_000)
    with pytest.raises(UnreadableError, match="was cut off"):
        member.stream.read(1)
    with pytest.raises(UnreadableError, match="was cut off"):
        member.content()


def test_behind_a_damaged_place_of_a_tar_reading_goes_on() -> None:
    content = bytearray(tarred({"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"}))
    content[1024:1100] = b"\xff" * 76
    found = held("a.tar", bytes(content))
    assert "a header is damaged" in str(found.pop("behind member a.txt"))
    assert found == {"a.txt": b"a", "c.txt": b"c"}


def test_a_tar_that_was_cut_off_keeps_its_first_members() -> None:
    content = tarred({"a.txt": b"a" * 600, "b.txt": b"b" * 60_000})
    found = held("a.tar", content[:20_000])
    assert found["a.txt"] == b"a" * 600
    assert "was cut off" in str(found["b.txt"])
    assert "was cut off" in str(found["*"])
    found = held("a.tar", content[: 512 + 1024])
    assert found.pop("a.txt") == b"a" * 600
    assert "has no end" in str(found.pop("behind member a.txt"))


def test_tars_one_after_another_are_read_to_the_last() -> None:
    assert held("a.tar", tarred({"a.txt": b"a"}) + tarred({"b.txt": b"b"})) == {
        "a.txt": b"a",
        "b.txt": b"b",
    }


# -- bounds --------------------------------------------------------------------------------


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_ALWAYS_ALLOWED", 200_000)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("suffix", COMPRESSED)
def test_a_file_made_to_fill_a_disk_is_not_unpacked(suffix: str) -> None:
    packed = COMPRESSED[suffix](bytes(10_000_000))
    (member,) = members(file(f"a.jsonl{suffix}", packed))
    assert isinstance(member, RawFile)
    with pytest.raises(UnreadableError, match=r"over 200 times its size.*unpack it and hand over"):
        while member.stream.read(1 << 16):
            pass
    assert member.stream.tell() <= max(200_000, 200 * len(packed))


@pytest.mark.usefixtures("narrow")
def test_archives_in_archives_share_what_may_be_unpacked() -> None:
    inner = zipped({"a.jsonl": bytes(150_000)})
    content = zipped({f"{number}.zip": inner for number in range(3)})
    (outer,) = members(file("a.zip.gz", gzip.compress(content)))
    assert isinstance(outer, RawFile)
    wrong = []
    for middle in members(outer):
        assert isinstance(middle, RawFile)
        try:
            (member,) = members(middle)
            assert isinstance(member, RawFile)
            member.content()
            wrong.append(False)
        except UnreadableError:
            wrong.append(True)
    assert wrong == [False, True, True]


@pytest.mark.usefixtures("narrow")
def test_a_member_is_unpacked_no_further_than_it_is_read() -> None:
    content = zipped({"a.txt": bytes(2_000_000), "b.txt": b"b"})
    first, second = members(file("a.zip", content))
    assert isinstance(first, RawFile)
    assert isinstance(second, RawFile)
    assert first.stream.read(10) == bytes(10)
    assert second.content() == b"b"


def test_a_header_as_large_as_memory_is_refused() -> None:
    told = tarfile.TarInfo("././@PaxHeader")
    told.type, told.size = tarfile.XHDTYPE, 1 << 40
    assert "a header in it has" in str(held("a.tar", told.tobuf(tarfile.GNU_FORMAT))["*"])


def test_what_is_large_lies_on_disk_and_is_read_in_any_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(containers, "_IN_MEMORY", 1_000)
    (member,) = members(file("a.jsonl.gz", gzip.compress(LINES)))
    assert isinstance(member, RawFile)
    stream = member.stream
    assert stream.seek(0, io.SEEK_END) == len(LINES)
    assert stream.seek(-100, io.SEEK_CUR) == len(LINES) - 100
    assert stream.read() == LINES[-100:]
    stream.seek(1_000)
    assert stream.read(50) == LINES[1_000:1_050]
    assert stream.readline() == LINES[1_050 : LINES.index(b"\n", 1_050) + 1]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_archive_says_so_and_never_fails_otherwise(data: st.DataObject) -> None:
    suffix, content = data.draw(
        st.sampled_from(
            [
                (".zip", zipped(NEWS)),
                (".tar", tarred(NEWS)),
                (".tgz", gzip.compress(tarred(NEWS))),
                (".tar.zst", zstd(tarred(NEWS))),
                (".gz", gzip.compress(NEWS["c.jsonl"])),
            ]
        )
    )
    damaged = bytearray(content)
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        damaged[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(content)))
    held(f"a{suffix}", bytes(damaged))
    held(f"a{suffix}", content[:cut])
