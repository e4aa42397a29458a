"""Every answer of the product as a document, and the way back for who asks from afar.

A document is what JSON has words for, but for instants and tuples, which every encoder of ours
writes as ISO 8601 and as lists; `plain` does it at once.
"""

from influencr.answers.documents._back import (
    compared_from,
    creator_row,
    explained_from,
    hit_from,
    overlap_from,
    plan_from,
    results_from,
    suggestions_from,
    whereabouts_from,
)
from influencr.answers.documents._cut import check, cut, dossier_fields, hit_fields
from influencr.answers.documents._found import (
    creator_document,
    hit_document,
    reasons_document,
    results_document,
    suggestions_document,
    whereabouts_document,
)
from influencr.answers.documents._judged import (
    disputed_document,
    dossier_document,
    evidence_document,
    influence_document,
    no_evidence_document,
)
from influencr.answers.documents._kept import (
    items_document,
    list_document,
    news_document,
    saved_document,
)
from influencr.answers.documents._people import overlap_document, plan_document
from influencr.answers.documents._places import area_document
from influencr.answers.documents._plain import encoded, plain
from influencr.answers.documents._shapes import (
    AreaDocument,
    ComparedDocument,
    CountDocument,
    CreatorDocument,
    DossierDocument,
    EvidenceDocument,
    ExplainedDocument,
    InfluenceDocument,
    ItemsDocument,
    ListsDocument,
    NewsDocument,
    ResultsDocument,
    SavedDocument,
    StatusDocument,
    SuggestionsDocument,
)
from influencr.answers.documents._standing import status_document

__all__ = [
    "AreaDocument",
    "ComparedDocument",
    "CountDocument",
    "CreatorDocument",
    "DossierDocument",
    "EvidenceDocument",
    "ExplainedDocument",
    "InfluenceDocument",
    "ItemsDocument",
    "ListsDocument",
    "NewsDocument",
    "ResultsDocument",
    "SavedDocument",
    "StatusDocument",
    "SuggestionsDocument",
    "area_document",
    "check",
    "compared_from",
    "creator_document",
    "creator_row",
    "cut",
    "disputed_document",
    "dossier_document",
    "dossier_fields",
    "encoded",
    "evidence_document",
    "explained_from",
    "hit_document",
    "hit_fields",
    "hit_from",
    "influence_document",
    "items_document",
    "list_document",
    "news_document",
    "no_evidence_document",
    "overlap_document",
    "overlap_from",
    "plain",
    "plan_document",
    "plan_from",
    "reasons_document",
    "results_document",
    "results_from",
    "saved_document",
    "status_document",
    "suggestions_document",
    "suggestions_from",
    "whereabouts_document",
    "whereabouts_from",
]
