"""A stand-in for the verbs, in memory."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from pmprb_desktop.errors import UserError
from pmprb_desktop.rubric import loader
from pmprb_desktop.scoring import score
from pmprb_desktop import values as v
from pmprb_desktop.values import *

NOW = "2026-05-31T02:42:10Z"
KEEP = v.KEEP

class WS(SimpleNamespace):
    def close(self): pass

def open_workspace(path, create=True):
    ws = WS(path=Path(path), recovery=None, info=Info(False, "unit", "pemda", (), None, "x", None), sheets={}, undo={}, redo={}, blobs=None)
    return ws
def setup(ws, role, unit_code, unit_name, person=None, government="pemda", p12=None, passphrase=None):
    pi = None if person is None else PersonInfo("p1", unit_code, person.name, person.nip, "", "", "", "assessor", "", "")
    ws.info = Info(True, role, government, (UnitInfo(unit_code, unit_name, None),), pi, "x", None)
    return ws.info
def info(ws): return ws.info
def people(ws): return (ws.info.person,) if ws.info.person else ()
def rubric_list():
    out = []
    for ref in loader.released():
        r = loader.load(ref)
        c = r.content
        out.append(RubricInfo(r.edition, r.id, c.title, c.short_title, len(r.items), c.weight, c.for_level, c.reconstruction, c.reconstruction_note))
    return tuple(out)
def new_assessment(ws, rubric, year, unit_code=None, practice=False):
    r = loader.load(rubric); u = ws.info.units[0]
    id = f"a{len(ws.sheets)}"
    ws.sheets[id] = SimpleNamespace(r=r, answers={}, info=None, year=year, practice=practice, u=u, place=None, evidence=[], corrections={}, state="draft", ly={})
    ws.undo[id] = []; ws.redo[id] = []
    return _info(ws, id)
def _info(ws, id):
    s = ws.sheets[id]; sc = _score(s)
    return AssessmentInfo(id, s.u.code, s.u.name, s.year, s.r.edition, s.r.content.title, s.state, 1, s.practice, sc.answered, sc.items, sc.items-sc.answered, sc.total, sc.weight, sc.available, sc.predicate, "2026-12-12", "Bagian Organisasi, 0380-123", None, s.place, None, sum(e.bytes for e in s.evidence), len(s.evidence))
def _score(s): return score(s.r, {k: a.answer for k, a in s.answers.items()})
def assessments(ws): return tuple(_info(ws, i) for i in ws.sheets)
def worksheet(ws, id):
    s = ws.sheets[id]
    return Worksheet(_info(ws, id), s.r, "pemda", dict(s.answers), tuple(s.evidence), _score(s), s.corrections, s.ly, score(s.r, {k: a.answer for k, a in s.ly.items()}) if s.ly else None)
def answer(ws, id, code, **kw):
    s = ws.sheets[id]
    before = s.answers.get(code)
    kw = {k: x for k, x in kw.items() if x is not v.KEEP}
    if kw.get("value") and kw["value"] == "999": raise UserError("ANSWER_RANGE", "Nilai di luar skala.")
    after = replace(before or AnswerInfo(code), author_name="Asesor Satu", at=NOW, **kw)
    s.answers[code] = after
    ws.undo[id].append((code, before, after)); ws.redo[id].clear()
    return Change(id, 1, code, before, after, _score(s), _info(ws, id), NOW)
def undo(ws, id):
    if not ws.undo[id]: return None
    code, before, after = ws.undo[id].pop(); ws.redo[id].append((code, before, after))
    ws.sheets[id].answers[code] = before or AnswerInfo(code)
    return Change(id, 1, code, after, before or AnswerInfo(code), _score(ws.sheets[id]), _info(ws, id), NOW)
def redo(ws, id):
    if not ws.redo[id]: return None
    code, before, after = ws.redo[id].pop(); ws.undo[id].append((code, before, after))
    ws.sheets[id].answers[code] = after
    return Change(id, 1, code, before, after, _score(ws.sheets[id]), _info(ws, id), NOW)
def can_undo(ws, id): return bool(ws.undo[id])
def can_redo(ws, id): return bool(ws.redo[id])
def set_place(ws, id, code): ws.sheets[id].place = code
def propose_data_dirs(): return (Path("D:/PMPRB"), Path("C:/Users/x/PMPRB"))
def help_info(ws, id): return HelpInfo("0.1.0", "pmprb-2020-unit@1", 1, "", "", "", str(ws.path))
