"""Export and verification of 1 GiB in 500 files, against reading, hashing and writing alone."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from pmprb_desktop import unit
from pmprb_desktop.package.export import write_package
from pmprb_desktop.package.verify import verify_package
from pmprb_desktop.values import PersonDraft
from tests.bench.timing import interleaved, timed

CHUNK = 1 << 20


def run(folder: Path, smoke: bool) -> list[str]:
    """Verify ≤ 1.1 × L1, export with fsync ≤ 1.5 × L2, memory ≤ 150 MB above an idle process."""
    files, size = (20, 50_000) if smoke else (500, 2_147_484)
    target = folder / "target"
    target.mkdir()
    with unit.open_workspace(folder / "data") as ws:
        unit.setup(ws, "unit", "BENCH", "Bench unit", PersonDraft("Assessor"))
        info = unit.make_practice(ws)
        codes = list(unit.worksheet(ws, info.id).rubric.items)
        chance = random.Random(2)
        for number in range(files):
            data = b"%PDF-1.4\n" + chance.randbytes(size - 9)
            blob = ws.blobs.ingest_bytes(data, f"{number}.pdf")
            unit.attach(ws, info.id, [codes[number % len(codes)]], blob)
        sealing = timed(lambda: _seal(ws, info.id))
        job = unit.plan_export(ws, info.id)
        path = Path(unit.export(job, target).path)

        def export() -> None:
            shutil.rmtree(target)
            target.mkdir()
            write_package(job.bag, job.files, target)

        rounds = 2 if smoke else 7
        blobs = [ws.blobs.path(file.sha256) for file in job.files]
        write, base = interleaved([export, lambda: _read_write(blobs, folder / "copy")], rounds)
        verify, read = interleaved([lambda: _verify(path), lambda: _read(path)], rounds)
        total = path.stat().st_size
    peak = _peak_memory(path)
    return [
        f"package of {total / 2**20:.0f} MiB in {files} files; sealed in {sealing:.2f} s",
        f"export with fsync {write:.2f} s = {write / base:.2f} x L2 ({base:.2f} s; limit 1.5)",
        f"verify {verify:.2f} s = {verify / read:.2f} x L1 ({read:.2f} s; limit 1.1)",
        f"memory while verifying: {peak:.0f} MB above an idle process (limit 150)",
    ]


def _seal(ws: unit.Workspace, assessment_id: str) -> None:
    unit.record_seal(ws, unit.seal(unit.plan_seal(ws, assessment_id, provisional=True)))


def _verify(path: Path) -> None:
    assert verify_package(path).valid


def _read(path: Path) -> None:
    """L1: read and SHA-256 once."""
    digest = hashlib.sha256()
    buffer = bytearray(CHUNK)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as handle:
        while count := handle.readinto(buffer):
            digest.update(view[:count])
    digest.hexdigest()


def _read_write(sources: list[Path], target: Path) -> None:
    """L2: L1 and a durable write."""
    buffer = bytearray(CHUNK)
    view = memoryview(buffer)
    target.unlink(missing_ok=True)
    with target.open("wb", buffering=0) as out:
        for source in sources:
            digest = hashlib.sha256()
            with source.open("rb", buffering=0) as handle:
                while count := handle.readinto(buffer):
                    digest.update(view[:count])
                    out.write(view[:count])
            digest.hexdigest()
        os.fsync(out.fileno())
    target.unlink()


def _peak_memory(path: Path) -> float:
    """Megabytes that verifying takes above a process that only imported the same."""
    code = (
        "import re, sys\nfrom pathlib import Path\n"
        "from pmprb_desktop.package.verify import verify_package\n"
        "{work}\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )

    def peak(work: str) -> int:
        command = [sys.executable, "-c", code.format(work=work), str(path)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    return (peak("assert verify_package(Path(sys.argv[1])).valid") - peak("")) / 1024
