"""Which questions are there, and how is each answered in a document? What all faces share.

REST, MCP, the command line's --json and the remote client ask here, so no two can differ.
Useful for: a new face, or a new question. Not useful for: deciding what a good answer is.
Costs nothing at import but msgspec.
"""

from influencr.answers import questions
from influencr.answers._answered import Answers, answered, request_of
from influencr.answers._client import Asks, AsyncAsks, AsyncClient, Client
from influencr.answers._question import (
    PREFIX,
    QUESTIONS,
    Question,
    from_params,
    question,
    read_request,
)

__all__ = [
    "PREFIX",
    "QUESTIONS",
    "Answers",
    "Asks",
    "AsyncAsks",
    "AsyncClient",
    "Client",
    "Question",
    "answered",
    "from_params",
    "question",
    "questions",
    "read_request",
    "request_of",
]
