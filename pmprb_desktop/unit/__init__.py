"""The assessor's use cases, one verb each. Window and command line call the same verbs.

A verb takes and returns frozen values. Verbs that touch the store belong on the thread that
opened the workspace; those that say "any thread" work on a snapshot.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from pmprb_desktop.unit.assessments import (
    assessments,
    last_assessment,
    new_assessment,
    rubric_list,
    set_place,
    worksheet,
)
from pmprb_desktop.unit.people import (
    add_person,
    add_unit,
    choose_person,
    info,
    people,
    setup,
)
from pmprb_desktop.unit.places import (
    is_workspace,
    on_network,
    propose_data_dirs,
    remember,
    resolve,
)
from pmprb_desktop.unit.settings import letterhead, set_letterhead, set_setting, setting
from pmprb_desktop.unit.workspace import (
    Workspace,
    free_bytes,
    open_workspace,
)

if TYPE_CHECKING:
    from pmprb_desktop.unit.answering import (
        answer,
        can_redo,
        can_undo,
        import_answers,
        redo,
        undo,
    )
    from pmprb_desktop.unit.attachments import (
        attach,
        attach_link,
        evidence_history,
        evidence_list,
        link_items,
        relabel,
        remove,
        reorder,
        replace,
        unremove,
    )
    from pmprb_desktop.unit.checking import CheckReport, EvidenceJob, check, evidence_job, status
    from pmprb_desktop.unit.continuing import continue_from, fetch_evidence, own_certificates
    from pmprb_desktop.unit.exporting import ExportJob, export, plan_export, record_copy
    from pmprb_desktop.unit.folders import (
        EvidenceExport,
        export_evidence,
        plan_evidence_export,
        plan_folder,
    )
    from pmprb_desktop.unit.inspection import Inspection, inspect
    from pmprb_desktop.unit.key_packages import (
        KeyPackage,
        Rotated,
        enrolment_card,
        rotate_identity,
    )
    from pmprb_desktop.unit.locking import approvals, approve, lock, remove_approval, unlock
    from pmprb_desktop.unit.practice import make_practice
    from pmprb_desktop.unit.printing import ReportJob, key_letter, plan_report, render_job
    from pmprb_desktop.unit.sealing import Sealed, SealPlan, plan_seal, record_seal, seal
    from pmprb_desktop.unit.support import help_info, note_error
    from pmprb_desktop.unit.targets import ready_file, ready_folder, reason_of
    from pmprb_desktop.unit.trails import verify as verify_trail
    from pmprb_desktop.unit.unit_keys import (
        Identity,
        Replacement,
        certificate_pem,
        export_identity,
        identities,
        identity,
        replace_identity,
        restore_identity,
        set_passphrase,
        try_identity,
    )
    from pmprb_desktop.unit.upkeep import (
        Backup,
        BackupJob,
        backup,
        collect_garbage,
        known_names,
        plan_backup,
        restore,
        write_whole,
    )

_LATER: Final = {
    "answer": "answering",
    "can_redo": "answering",
    "can_undo": "answering",
    "import_answers": "answering",
    "redo": "answering",
    "undo": "answering",
    "attach": "attachments",
    "attach_link": "attachments",
    "evidence_history": "attachments",
    "evidence_list": "attachments",
    "link_items": "attachments",
    "relabel": "attachments",
    "remove": "attachments",
    "reorder": "attachments",
    "replace": "attachments",
    "unremove": "attachments",
    "CheckReport": "checking",
    "EvidenceJob": "checking",
    "check": "checking",
    "evidence_job": "checking",
    "status": "checking",
    "continue_from": "continuing",
    "fetch_evidence": "continuing",
    "own_certificates": "continuing",
    "ExportJob": "exporting",
    "export": "exporting",
    "plan_export": "exporting",
    "record_copy": "exporting",
    "EvidenceExport": "folders",
    "export_evidence": "folders",
    "plan_evidence_export": "folders",
    "plan_folder": "folders",
    "Identity": "unit_keys",
    "Replacement": "unit_keys",
    "certificate_pem": "unit_keys",
    "export_identity": "unit_keys",
    "identities": "unit_keys",
    "identity": "unit_keys",
    "replace_identity": "unit_keys",
    "restore_identity": "unit_keys",
    "set_passphrase": "unit_keys",
    "try_identity": "unit_keys",
    "Inspection": "inspection",
    "inspect": "inspection",
    "KeyPackage": "key_packages",
    "Rotated": "key_packages",
    "enrolment_card": "key_packages",
    "rotate_identity": "key_packages",
    "approvals": "locking",
    "approve": "locking",
    "lock": "locking",
    "remove_approval": "locking",
    "unlock": "locking",
    "make_practice": "practice",
    "ReportJob": "printing",
    "key_letter": "printing",
    "plan_report": "printing",
    "render_job": "printing",
    "SealPlan": "sealing",
    "Sealed": "sealing",
    "plan_seal": "sealing",
    "record_seal": "sealing",
    "seal": "sealing",
    "help_info": "support",
    "note_error": "support",
    "ready_file": "targets",
    "ready_folder": "targets",
    "reason_of": "targets",
    "verify_trail": "trails:verify",
    "Backup": "upkeep",
    "BackupJob": "upkeep",
    "backup": "upkeep",
    "collect_garbage": "upkeep",
    "known_names": "upkeep",
    "plan_backup": "upkeep",
    "restore": "upkeep",
    "write_whole": "upkeep",
}
"""Verb → module that is imported when the verb is first used, so that home need not wait for it."""


def __getattr__(name: str) -> Any:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(name)
    home, _colon, original = module.partition(":")
    value = getattr(import_module(f"{__name__}.{home}"), original or name)
    globals()[name] = value
    return value


__all__ = [
    "Backup",
    "BackupJob",
    "CheckReport",
    "EvidenceExport",
    "EvidenceJob",
    "ExportJob",
    "Identity",
    "Inspection",
    "KeyPackage",
    "Replacement",
    "ReportJob",
    "Rotated",
    "SealPlan",
    "Sealed",
    "Workspace",
    "add_person",
    "add_unit",
    "answer",
    "approvals",
    "approve",
    "assessments",
    "attach",
    "attach_link",
    "backup",
    "can_redo",
    "can_undo",
    "certificate_pem",
    "check",
    "choose_person",
    "collect_garbage",
    "continue_from",
    "enrolment_card",
    "evidence_history",
    "evidence_job",
    "evidence_list",
    "export",
    "export_evidence",
    "export_identity",
    "fetch_evidence",
    "free_bytes",
    "help_info",
    "identities",
    "identity",
    "import_answers",
    "info",
    "inspect",
    "is_workspace",
    "key_letter",
    "known_names",
    "last_assessment",
    "letterhead",
    "link_items",
    "lock",
    "make_practice",
    "new_assessment",
    "note_error",
    "on_network",
    "open_workspace",
    "own_certificates",
    "people",
    "plan_backup",
    "plan_evidence_export",
    "plan_export",
    "plan_folder",
    "plan_report",
    "plan_seal",
    "propose_data_dirs",
    "ready_file",
    "ready_folder",
    "reason_of",
    "record_copy",
    "record_seal",
    "redo",
    "relabel",
    "remember",
    "remove",
    "remove_approval",
    "render_job",
    "reorder",
    "replace",
    "replace_identity",
    "resolve",
    "restore",
    "restore_identity",
    "rotate_identity",
    "rubric_list",
    "seal",
    "set_letterhead",
    "set_passphrase",
    "set_place",
    "set_setting",
    "setting",
    "setup",
    "status",
    "try_identity",
    "undo",
    "unlock",
    "unremove",
    "verify_trail",
    "worksheet",
    "write_whole",
]
