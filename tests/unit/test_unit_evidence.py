"""Evidence: attached, ordered, replaced with history, taken away and brought back."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.errors import Cancelled
from pmprb_desktop.evidence import Ingested
from pmprb_desktop.unit import clock
from tests.unit.kit import PNG, make_package, pdf, refused, trail_rows


def put(ws: unit.Workspace, text: str, name: str = "") -> Ingested:
    return ws.blobs.ingest_bytes(pdf(text), name or f"{text}.pdf")


def names(ws: unit.Workspace, key: str, code: str) -> list[str]:
    """Evidence of an item in its order."""
    return [entry.label or entry.name for entry in unit.worksheet(ws, key).evidence_of(code)]


def last(ws: unit.Workspace, key: str) -> tuple[str, int]:
    """Action of the last trail row, and how many there are."""
    rows = trail_rows(ws, key)
    return rows[-1]["action"], len(rows)


def test_a_file_is_kept_once_for_many_items(workspace: unit.Workspace, blank: str) -> None:
    first = unit.attach(workspace, blank, ["A.1"], put(workspace, "SK"), "Surat keputusan")
    again = unit.attach(workspace, blank, ["A.1", "A.2", "A.2"], put(workspace, "SK"))
    assert (again.id, again.items, again.label) == (first.id, ("A.1", "A.2"), "Surat keputusan")
    assert again.added_by_name == "Asesor Satu"
    assert (again.kind, again.media_type) == ("file", "application/pdf")
    assert len(workspace.blobs.all_digests()) == 1
    assert unit.worksheet(workspace, blank).info.evidence_count == 1
    rows = last(workspace, blank)
    unit.attach(workspace, blank, ["A.2"], put(workspace, "SK"))
    assert last(workspace, blank) == rows, "nothing was added"


def test_evidence_without_an_item_is_in_the_trail_too(
    workspace: unit.Workspace, blank: str
) -> None:
    entry = unit.attach(workspace, blank, [], put(workspace, "lepas"))
    assert entry.items == ()
    assert last(workspace, blank) == ("evidence_added", 2)


def test_unknown_items_and_evidence_are_refused(workspace: unit.Workspace, blank: str) -> None:
    blob = put(workspace, "x")
    refused("ITEM_UNKNOWN", unit.attach, workspace, blank, ["A.1", "Z"], blob)
    refused("ITEM_UNKNOWN", unit.attach_link, workspace, blank, ["Z"], "https://example.org")
    assert unit.evidence_list(workspace, blank) == ()
    for verb, args in (
        (unit.relabel, ("x",)),
        (unit.link_items, (["A.1"],)),
        (unit.replace, (blob,)),
        (unit.remove, ()),
        (unit.unremove, ()),
        (unit.evidence_history, ()),
    ):
        for wrong in ("nobody", "\udc80"):
            refused("EVIDENCE_UNKNOWN", verb, workspace, wrong, *args)
    entry = unit.attach(workspace, blank, ["A.1"], blob)
    refused("ITEM_UNKNOWN", unit.link_items, workspace, entry.id, ["Z"])
    refused("ITEM_UNKNOWN", unit.reorder, workspace, blank, "Z", [entry.id])
    refused("ITEM_UNKNOWN", unit.unremove, workspace, entry.id, "Z")
    assert unit.evidence_list(workspace, blank)[0].items == ("A.1",)


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org/x", "https://", "javascript:1", "file:///etc"]
)
def test_only_web_addresses_are_links(workspace: unit.Workspace, blank: str, url: str) -> None:
    refused("LINK_INVALID", unit.attach_link, workspace, blank, ["A.1"], url)


def test_a_link_is_a_weaker_kind(workspace: unit.Workspace, blank: str) -> None:
    entry = unit.attach_link(workspace, blank, ["A.1"], " https://example.org/a?b=1 ", "Situs")
    assert (entry.kind, entry.url, entry.sha256, entry.bytes) == (
        "link",
        "https://example.org/a?b=1",
        None,
        0,
    )
    refused("TEXT_TOO_LONG", unit.attach_link, workspace, blank, ["A.1"], "https://x/" + "y" * 3000)


def test_label_and_order(workspace: unit.Workspace, blank: str) -> None:
    a, b, c = (unit.attach(workspace, blank, ["A.1"], put(workspace, name)) for name in "abc")
    assert unit.relabel(workspace, b.id, "  Notulen\nrapat ").label == "Notulen rapat"
    assert names(workspace, blank, "A.1") == ["a.pdf", "Notulen rapat", "c.pdf"]
    unit.reorder(workspace, blank, "A.1", [c.id, "stranger", c.id, "\udc80"])
    assert names(workspace, blank, "A.1") == ["c.pdf", "a.pdf", "Notulen rapat"]
    rows = last(workspace, blank)
    unit.reorder(workspace, blank, "A.1", [c.id, a.id, b.id])
    unit.relabel(workspace, b.id, "Notulen rapat")
    assert last(workspace, blank) == rows


def test_each_item_has_its_own_order(workspace: unit.Workspace, blank: str) -> None:
    a = unit.attach(workspace, blank, ["A.1", "A.2"], put(workspace, "a"))
    b = unit.attach(workspace, blank, ["A.1", "A.2"], put(workspace, "b"))
    unit.reorder(workspace, blank, "A.2", [b.id, a.id])
    assert names(workspace, blank, "A.1") == ["a.pdf", "b.pdf"]
    assert names(workspace, blank, "A.2") == ["b.pdf", "a.pdf"]


def test_items_of_evidence_are_set_exactly(workspace: unit.Workspace, blank: str) -> None:
    entry = unit.attach(workspace, blank, ["A.1", "A.2"], put(workspace, "a"))
    assert unit.link_items(workspace, entry.id, ["A.2", "B.1"]).items == ("A.2", "B.1")
    rows = last(workspace, blank)
    unit.link_items(workspace, entry.id, ["B.1", "A.2"])
    assert last(workspace, blank) == rows


def test_replacing_keeps_the_history(workspace: unit.Workspace, blank: str) -> None:
    old = unit.attach(workspace, blank, ["A.1", "A.2"], put(workspace, "satu"), "SK")
    unit.attach(workspace, blank, ["A.1"], put(workspace, "lain"))
    mid = unit.replace(workspace, old.id, put(workspace, "dua"))
    new = unit.replace(workspace, mid.id, workspace.blobs.ingest_bytes(PNG, "tiga.png"))
    assert (new.items, new.label, new.name, new.media_type) == (
        ("A.1", "A.2"),
        "SK",
        "tiga.png",
        "image/png",
    )
    assert [entry.name for entry in unit.evidence_history(workspace, new.id)] == [
        "dua.pdf",
        "satu.pdf",
    ]
    assert all(entry.removed for entry in unit.evidence_history(workspace, new.id))
    assert names(workspace, blank, "A.1") == ["SK", "lain.pdf"], "it keeps its place"
    rows = last(workspace, blank)
    assert unit.replace(workspace, new.id, workspace.blobs.ingest_bytes(PNG, "x.png")).id == new.id
    assert last(workspace, blank) == rows


def test_removing_from_one_item_and_altogether(workspace: unit.Workspace, blank: str) -> None:
    entry = unit.attach(workspace, blank, ["A.1", "A.2"], put(workspace, "a"))
    assert unit.remove(workspace, entry.id, "A.2").items == ("A.1",)
    rows = last(workspace, blank)
    assert unit.remove(workspace, entry.id, "B.1").removed is False, "it never stood there"
    assert last(workspace, blank) == rows
    assert unit.remove(workspace, entry.id, "A.1").removed
    assert unit.evidence_list(workspace, blank) == ()
    rows = last(workspace, blank)
    assert unit.remove(workspace, entry.id).removed
    assert last(workspace, blank) == rows


def test_removing_can_be_undone(workspace: unit.Workspace, blank: str) -> None:
    entry = unit.attach(workspace, blank, ["A.1", "A.2"], put(workspace, "a"))
    unit.remove(workspace, entry.id, "A.2")
    assert unit.unremove(workspace, entry.id, "A.2").items == ("A.1", "A.2")
    unit.remove(workspace, entry.id)
    back = unit.unremove(workspace, entry.id)
    assert (back.removed, back.items) == (False, ("A.1", "A.2"))
    rows = last(workspace, blank)
    unit.unremove(workspace, entry.id)
    assert last(workspace, blank) == rows


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """Let the clock of the verbs stand so many days on."""
    moment = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: moment)


def age(ws: unit.Workspace, digest: str, days: int = 400) -> None:
    """Let a file of the store look old."""
    past = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(ws.blobs.path(digest), (past, past))


def test_files_go_30_days_after_the_last_reference(
    workspace: unit.Workspace, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = unit.attach(workspace, blank, ["A.1"], put(workspace, "a"))
    stays = unit.attach(workspace, blank, ["A.1"], put(workspace, "b"))
    loose = put(workspace, "belum dipasang")
    assert entry.sha256
    assert stays.sha256
    for digest in (entry.sha256, stays.sha256, loose.sha256):
        age(workspace, digest)
    assert unit.collect_garbage(workspace) == 1, "only what never stood anywhere"
    assert not workspace.blobs.has(loose.sha256)
    unit.remove(workspace, entry.id)
    later(monkeypatch, 29)
    assert unit.collect_garbage(workspace) == 0
    assert workspace.blobs.has(entry.sha256)
    later(monkeypatch, 31)
    assert unit.collect_garbage(workspace) == 1
    assert workspace.blobs.all_digests() == [stays.sha256]
    refused("EVIDENCE_GONE", unit.unremove, workspace, entry.id)
    unit.attach(workspace, blank, ["A.1"], put(workspace, "a"))
    assert unit.unremove(workspace, entry.id).removed is False


def test_a_fresh_file_is_never_garbage(workspace: unit.Workspace) -> None:
    """It may lie in the preview of a folder that is not confirmed yet."""
    blob = put(workspace, "baru")
    assert unit.collect_garbage(workspace) == 0
    assert workspace.blobs.has(blob.sha256)


def test_files_of_a_package_stay_for_ever(
    workspace: unit.Workspace, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = make_package(workspace, filled, tmp_path / "satu")
    unit.unlock(workspace, filled)
    for entry in unit.evidence_list(workspace, filled):
        unit.remove(workspace, entry.id)
    for digest in workspace.blobs.all_digests():
        age(workspace, digest)
    later(monkeypatch, 3000)
    assert unit.collect_garbage(workspace) == 0
    monkeypatch.undo()
    again = unit.export(unit.plan_export(workspace, filled), tmp_path / "dua")
    assert Path(again.path).read_bytes() == Path(result.path).read_bytes()


def test_a_folder_is_matched_and_written_again(
    workspace: unit.Workspace, blank: str, tmp_path: Path
) -> None:
    """Export, then match what was exported: the same evidence at the same items."""
    folder = tmp_path / "bukti"
    for name in ("A.1 SK tim.pdf", "A/A.2/notulen.pdf", "B.3.pdf"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(pdf(name))
    (folder / "Thumbs.db").write_bytes(b"x")
    plan = unit.plan_folder(workspace, blank, folder)
    found = {match.relative: match.codes for match in plan.matches}
    assert found["A.1 SK tim.pdf"] == ("A.1",)
    assert found["B.3.pdf"] == ("B.3",)
    assert "Thumbs.db" not in found
    assert unit.evidence_list(workspace, blank) == (), "a plan attaches nothing"
    for match in plan.matches:
        unit.attach(workspace, blank, match.codes, workspace.blobs.ingest(match.path))
    unit.attach_link(workspace, blank, ["A.4"], "https://example.org/x")
    before = {e.sha256: e.items for e in unit.evidence_list(workspace, blank) if e.items}
    steps: list[tuple[int, int]] = []
    job = unit.plan_evidence_export(workspace, blank)
    assert unit.export_evidence(job, tmp_path / "keluar", lambda *at: steps.append(at)) >= 3
    assert steps[-1][0] == steps[-1][1]
    assert "https://example.org/x" in (tmp_path / "keluar" / "tautan.txt").read_text("utf-8")
    again = {
        workspace.blobs.ingest(match.path).sha256: match.codes
        for match in unit.plan_folder(workspace, blank, tmp_path / "keluar").matches
        if match.codes
    }
    assert again == {digest: items for digest, items in before.items() if digest}


def test_an_export_can_be_cancelled_and_refused(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    job = unit.plan_evidence_export(workspace, filled)
    with pytest.raises(Cancelled):
        unit.export_evidence(job, tmp_path / "keluar", cancelled=lambda: True)
    (tmp_path / "berkas").write_text("x")
    refused("TARGET_UNWRITABLE", unit.export_evidence, job, tmp_path / "berkas")
