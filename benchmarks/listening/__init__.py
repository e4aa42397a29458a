"""How fast is the stream read, and how soon is an event found? On real frames, with new names.

    python -m benchmarks listening                                   # into docs/benchmarks/
    python -m benchmarks.listening DATASETS [--output FOLDER] [--quick]

The frames are the 152 of a real window of the network (bluesky-samples/jetstream_v1_window.jsonl)
again and again, every account, record key, revision and time rewritten, so that the mix of kinds
and sizes is the network's own and no copy is a repetition of another. Two questions:

- decode and fold, on one core: packed websocket messages in, rows ready for the catalogue out, the
  memory on disk committed every 20,000 events. Beside it, in the same run and in turns, what
  unpacking (zstd with the dictionary) and orjson alone cost, which nothing in Python can beat.
- from an event to a search: `influencr listen` as a person runs it, a server on loopback that sends
  2,000 messages a second, and a second process that searches for words of which each stands in one
  post. Timed from sending to the first search that finds it.

Real frames are read where DATASETS is given and are no part of the project.
"""
