"""How does a program ask an instance far away? With the questions and values of an engine.

`influencr.connect` gives a `Remote`, `connect_async` an `AsyncRemote`; both are a client as
`influencr.answers` describes it, and get their answers over HTTP. Useful for: programs on another
machine, notebooks, agents. Not useful for: orders to a data home, which are the operator's.
"""

from influencr.remote._awaited import AsyncRemote
from influencr.remote._remote import Remote

__all__ = ["AsyncRemote", "Remote"]
