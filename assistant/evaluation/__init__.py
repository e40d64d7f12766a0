"""Measure an assistant over a collection: questions are made, asked, and their answers judged.

`evaluate` does all of it; `faults` and `metrics` can be used by themselves.
"""

from .cases import Case, Check, Kind, Result
from .compare import Change, Comparison, compare
from .errors import EvaluationError
from .evaluate import Evaluated, Plan, evaluate
from .faults import Fault, FaultKind, Material, TrueSentence, inject
from .figures import Figure, figures
from .report import Report, read_report, to_json, to_table, write_report

__all__ = [
    "Case",
    "Change",
    "Check",
    "Comparison",
    "Evaluated",
    "EvaluationError",
    "Fault",
    "FaultKind",
    "Figure",
    "Kind",
    "Material",
    "Plan",
    "Report",
    "Result",
    "TrueSentence",
    "compare",
    "evaluate",
    "figures",
    "inject",
    "read_report",
    "to_json",
    "to_table",
    "write_report",
]
