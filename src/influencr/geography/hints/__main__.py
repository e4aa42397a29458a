"""`python -m influencr.geography.hints` writes this folder's tables again (in a checkout)."""

from influencr.geography.hints._build import build

build()
