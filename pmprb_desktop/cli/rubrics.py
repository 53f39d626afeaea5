"""Commands about instruments and scores; they need no workspace."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from pmprb_desktop import answers
from pmprb_desktop.cli.output import Output, finding_data, finding_line, number, shown
from pmprb_desktop.cli.shared import regular_file
from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    CountItem,
    DeclineItem,
    IndexItem,
    LookupItem,
    Node,
    RatioItem,
    Rubric,
)
from pmprb_desktop.scoring import Answer, Score, score


def rubric_list(_arguments: Namespace) -> Output:
    """The editions that are here."""
    found = [loader.load(edition) for edition in loader.released()]
    data = [
        {
            "id": rubric.id,
            "edition": rubric.edition,
            "title": rubric.content.title,
            "items": len(rubric.scored_items),
            "weight": number(rubric.content.weight),
            "for_level": rubric.content.for_level,
            "reconstruction": rubric.content.reconstruction,
            "digest": rubric.digest,
        }
        for rubric in found
    ]
    lines = [
        _("{edition}: {title} ({items} items, weight {weight})").format(
            edition=rubric.edition,
            title=rubric.content.title,
            items=len(rubric.scored_items),
            weight=shown(rubric.content.weight),
        )
        + (_(" – reconstruction") if rubric.content.reconstruction else "")
        for rubric in found
    ]
    return Output({"rubrics": data}, lines)


def rubric_show(arguments: Namespace) -> Output:
    """One edition: its tree, and for every item what an answer file may hold."""
    rubric = loader.load(arguments.rubric)
    content = rubric.content
    lines = [
        f"{content.title} ({rubric.edition})",
        _("Weight {weight}, {items} items, blank answers: {policy}, digest {digest}").format(
            weight=shown(content.weight),
            items=len(rubric.scored_items),
            policy=content.blank_policy,
            digest=rubric.digest,
        ),
    ]
    if content.reconstruction:
        lines.append(_("Reconstruction: {note}").format(note=content.reconstruction_note))
    for node in content.nodes:
        _tree_lines(rubric, node, 0, lines)
    data = {
        "id": rubric.id,
        "edition": rubric.edition,
        "title": content.title,
        "regulation": content.regulation,
        "weight": number(content.weight),
        "blank_policy": content.blank_policy,
        "reconstruction": content.reconstruction,
        "reconstruction_note": content.reconstruction_note,
        "digest": rubric.digest,
        "areas": rubric.area_titles,
        "predicates": [
            {"name": entry.name, "above": number(entry.above)} for entry in content.predicates
        ],
        "nodes": [_node_data(rubric, node) for node in rubric.nodes.values()],
        "items": [_item_data(rubric, item) for item in rubric.items.values()],
    }
    return Output(data, lines)


def _tree_lines(rubric: Rubric, node: Node, depth: int, lines: list[str]) -> None:
    indent = "  " * depth
    weight = f" ({shown(node.weight)})" if node.weight is not None else ""
    lines.append(f"{indent}{node.code} {node.title}{weight}")
    lines += [
        f"{indent}  {item.code} {rubric.words(item.text)}  [{_takes(item)}]" for item in node.items
    ]
    for child in node.children:
        _tree_lines(rubric, child, depth + 1, lines)


def _takes(item: AnyItem) -> str:
    match item:
        case ChoiceItem():
            return " · ".join(f"{option.key}={shown(option.score)}" for option in item.options)
        case LookupItem():
            return " · ".join(f"{option.key}={shown(option.points)}" for option in item.options)
        case IndexItem():
            return f"{shown(item.minimum, 0)}–{shown(item.maximum, 0)}"
        case RatioItem() | DeclineItem() | CountItem():
            return " · ".join(entry.name for entry in item.inputs)


def _node_data(rubric: Rubric, node: Node) -> dict[str, Any]:
    provenance, confidence = rubric.provenance_of(node.code)
    return {
        "code": node.code,
        "title": node.title,
        "level": node.level,
        "weight": number(node.weight),
        "exact_weight": str(node.weight) if node.weight is not None else None,
        "area": rubric.area_of[node.code],
        "parent": rubric.parent[node.code],
        "provenance": provenance,
        "confidence": confidence,
    }


def _item_data(rubric: Rubric, item: AnyItem) -> dict[str, Any]:
    provenance, confidence = rubric.provenance_of(item.code)
    data: dict[str, Any] = {
        "code": item.code,
        "kind": item.kind,
        "text": rubric.words(item.text),
        "page": rubric.parent[item.code],
        "weight": number(item.weight),
        "required": item.required,
        "not_applicable": item.not_applicable,
        "gate": item.gate.model_dump() if item.gate else None,
        "guidance": rubric.words(item.guidance),
        "evidence": [rubric.words(text) for text in item.evidence],
        "provenance": provenance,
        "confidence": confidence,
    }
    match item:
        case ChoiceItem():
            data["options"] = [
                {"key": o.key, "score": number(o.score), "text": rubric.words(o.text)}
                for o in item.options
            ]
        case LookupItem():
            data["options"] = [
                {"key": o.key, "points": number(o.points), "text": rubric.words(o.text)}
                for o in item.options
            ]
        case IndexItem():
            data["minimum"], data["maximum"] = number(item.minimum), number(item.maximum)
        case RatioItem() | DeclineItem() | CountItem():
            data["inputs"] = [entry.model_dump() for entry in item.inputs]
            if isinstance(item, RatioItem):
                data["numerator"], data["denominator"] = item.numerator, item.denominator
            elif isinstance(item, DeclineItem):
                data["last"], data["this"] = item.last, item.this
    return data


def rubric_check(arguments: Namespace) -> Output:
    """Every fault of a rubric file."""
    checked = loader.check(loader.read(regular_file(arguments.file)))
    lines = [finding_line(entry) for entry in checked.findings]
    data: dict[str, Any] = {
        "ok": checked.rubric is not None,
        "findings": [finding_data(entry) for entry in checked.findings],
    }
    if checked.rubric is not None:
        rubric = checked.rubric
        data |= {"edition": rubric.edition, "digest": rubric.digest}
        lines.append(
            _("{edition} is sound: {items} items, weight {weight}.").format(
                edition=rubric.edition,
                items=len(rubric.scored_items),
                weight=shown(rubric.content.weight),
            )
        )
    else:
        lines.append(_("{count} faults.").format(count=len(checked.findings)))
    return Output(data, lines, 0 if checked.rubric is not None else 1)


def score_file(arguments: Namespace) -> Output:
    """Scores a file of answers without a workspace."""
    if Path(arguments.rubric).exists():
        regular_file(arguments.rubric)
    rubric = loader.load(arguments.rubric)
    read = answers.read_file(Path(arguments.answers), rubric)
    refuse_faults(read.findings)
    given = {draft.code: draft.answer for draft in read.drafts}
    result = score(rubric, given)
    data = score_data(rubric, result, given)
    data["findings"] = [finding_data(entry) for entry in read.findings]
    lines = [*(finding_line(entry) for entry in read.findings), *score_lines(rubric, result)]
    return Output(data, lines)


def refuse_faults(findings: tuple[Finding, ...]) -> None:
    """Stop when an answer file has faults."""
    faults = [entry for entry in findings if entry.severity == "error"]
    if faults:
        raise UserError(
            "ANSWERS_INVALID",
            _("The answer file has {count} faults.").format(count=len(faults)),
            safe=_("Nothing was taken over."),
            next_step=_("Correct the named lines and try again."),
            findings=findings,
        )


def score_data(rubric: Rubric, result: Score, given: dict[str, Answer]) -> dict[str, Any]:
    """The whole result for scripts. Items with a weight of their own are among the nodes too."""
    nodes: list[dict[str, Any]] = []
    for code in rubric.nodes:
        node = result.nodes[code]
        nodes.append(
            {
                "code": code,
                "title": node.title,
                "weight": number(node.weight),
                "available": number(node.available),
                "score": number(node.score),
                "percent": number(node.share * 100 if node.share is not None else None),
                "answered": node.answered,
                "items": node.items,
            }
        )
    items: list[dict[str, Any]] = []
    for code, item in rubric.items.items():
        entry = result.item_scores[code]
        answer = given.get(code, Answer())
        items.append(
            {
                "code": code,
                "answer": answer.value,
                "inputs": dict(answer.inputs),
                "not_applicable": answer.not_applicable,
                "score": number(entry.score),
                "raw": number(entry.raw),
                "gated_by": entry.gated_by,
                "weight": number(entry.weight),
                "points": number(entry.points),
            }
        )
        if item.weight is not None:
            nodes.append(
                {
                    "code": code,
                    "title": rubric.words(item.text),
                    "weight": number(item.weight),
                    "available": number(None if entry.not_applicable else item.weight),
                    "score": number(entry.points),
                    "percent": number(entry.score * 100 if entry.score is not None else None),
                    "answered": int(entry.answered),
                    "items": 1,
                }
            )
    return {
        "rubric": rubric.edition,
        "total": number(result.total),
        "weight": number(result.weight),
        "available": number(result.available),
        "percent": number(result.share * 100 if result.share is not None else None),
        "predicate": result.predicate,
        "answered": result.answered,
        "item_count": result.items,
        "nodes": nodes,
        "items": items,
        "marks": [
            {
                "name": mark.label,
                "node": mark.mark.node,
                "area": mark.mark.area,
                "needed": number(mark.needed),
                "score": number(mark.score),
                "met": mark.met,
            }
            for mark in result.marks
        ],
    }


def score_lines(rubric: Rubric, result: Score) -> list[str]:
    """The result for people."""
    lines = []
    for code, node in rubric.nodes.items():
        if node.level == "group":
            continue
        entry = result.nodes[code]
        depth = len(rubric.ancestors(code))
        label = f"{'  ' * depth}{code} {node.title}"
        percent = shown(entry.share * 100 if entry.share is not None else None)
        lines.append(
            f"{label:<72.72} {shown(entry.score):>7} / {shown(entry.weight):>6}  {percent:>6} %"
        )
    share = shown(result.share * 100 if result.share is not None else None)
    lines.append(
        _("Total {total} of {weight} ({share} %), {answered} of {items} items answered").format(
            total=shown(result.total),
            weight=shown(result.weight),
            share=share,
            answered=result.answered,
            items=result.items,
        )
    )
    if result.predicate:
        lines.append(_("Predicate {predicate}").format(predicate=result.predicate))
    return lines
