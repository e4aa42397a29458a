"""What does a location field mean? One string in, a place with its confidence, or a reason.

`_resolve.resolve` takes the string apart (`_prepare`, `_pieces`, `_scan`), scores every reading
(`_score`) and says how sure it is (`_confidence`, fitted: calibration.toml).
"""
