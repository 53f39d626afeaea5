"""Looking at a package from outside: signature and bytes first, then what it says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pmprb_desktop import answers
from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.package import v1
from pmprb_desktop.package.verify import Verification, read_member, verify_package
from pmprb_desktop.report.words import decimal_id
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import Rubric
from pmprb_desktop.scoring import BLANK, Answer, Score, is_answered, score
from pmprb_desktop.unit.content import score_record

_SHOWN: Final = 8
"""So many codes of blank items are named."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that was found about a package, and its content where it is sound."""

    path: Path
    verification: Verification
    findings: tuple[Finding, ...]
    rubric: Rubric | None
    score: Score | None

    @property
    def valid(self) -> bool:
        """Intact, well-formed, and its entries fit the edition that it carries."""
        return self.verification.valid and not any(
            finding.severity == "error" for finding in self.findings
        )


def inspect(
    path: Path,
    trust: Sequence[bytes] = (),
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Inspection:
    """Verify a package and compute its scores again; hostile ones give findings, never more."""
    seen = verify_package(path, trust, progress=progress, cancelled=cancelled)
    if not seen.valid or seen.assessment is None:
        return Inspection(path, seen, seen.findings, None, None)
    source = b"".join(read_member(path, seen, "data/rubric.yaml"))
    checked = loader.check(source)
    if checked.rubric is None:
        first = checked.findings[0]
        message = _("The edition inside is faulty: {fault}").format(
            fault=f"{first.path} {first.message}"
        )
        fault = Finding("RUBRIC_INVALID", "data/rubric.yaml", message)
        return Inspection(path, seen, (*seen.findings, fault), None, None)
    state = seen.header.state if seen.header is not None else None
    extra, result = _content(seen.assessment, checked.rubric, state)
    return Inspection(path, seen, (*seen.findings, *extra), checked.rubric, result)


def _content(
    document: v1.Assessment, rubric: Rubric, state: v1.State | None
) -> tuple[list[Finding], Score]:
    found: list[Finding] = []
    place = "data/assessment.json"
    if document.rubric.id != rubric.edition:
        message = _("The entries are for {wanted}, but {edition} is inside.")
        text = message.format(wanted=document.rubric.id, edition=rubric.edition)
        found.append(Finding("RUBRIC_DIFFERS", place, text))
    given: dict[str, Answer] = {}
    for record in document.answers:
        found += _answer_faults(record, rubric)
        if record.layer == "self" and record.code in rubric.items:
            given[record.code] = Answer(record.value, record.inputs, record.not_applicable)
    for entry in document.evidence:
        for code in entry.items:
            if code not in rubric.items:
                message = _("Evidence “{name}” names the unknown item {code}.")
                text = message.format(name=entry.name[:80], code=code)
                found.append(Finding("ITEM_UNKNOWN", place, text))
    if found:
        return found, score(rubric, {})
    result = score(rubric, given)
    if state == "final":
        found += _blanks(rubric, given)
    if score_record(result) != document.scores:
        message = _("The scores inside differ from the ones computed here ({total}).")
        text = message.format(total=decimal_id(result.total))
        found.append(Finding("SCORES_DIFFER", place, text, "warning"))
    return found, result


def _blanks(rubric: Rubric, given: Mapping[str, Answer]) -> Iterator[Finding]:
    """A final package leaves nothing open that the edition asks for."""
    blank = [
        item.code
        for item in rubric.required_items
        if not is_answered(item, given.get(item.code, BLANK))
    ]
    if blank:
        message = ngettext(
            "The package calls itself final, but {count} required item is blank: {codes}.",
            "The package calls itself final, but {count} required items are blank: {codes}.",
            len(blank),
        )
        codes = ", ".join(blank[:_SHOWN]) + (", …" if len(blank) > _SHOWN else "")
        text = message.format(count=len(blank), codes=codes)
        yield Finding("FINAL_INCOMPLETE", "data/assessment.json", text)


def _answer_faults(record: v1.AnswerRecord, rubric: Rubric) -> Iterator[Finding]:
    place = "data/assessment.json"
    item = rubric.items.get(record.code)
    if item is None:
        message = _("There is no item “{code}” in {edition}.")
        text = message.format(code=record.code, edition=rubric.edition)
        yield Finding("ITEM_UNKNOWN", place, text)
        return
    try:
        fitted = answers.normalise(item, record.value, record.inputs)
    except UserError as error:
        yield Finding(error.rule, place, error.message)
        return
    if fitted.value != record.value:
        message = _("{code} holds “{value}”, which is not how it is written.")
        text = message.format(code=record.code, value=record.value)
        yield Finding("ANSWER_FORM", place, text)
    if record.not_applicable and not item.not_applicable:
        message = _("{code} cannot be marked as not applicable.").format(code=record.code)
        yield Finding("NOT_APPLICABLE_REFUSED", place, message)
