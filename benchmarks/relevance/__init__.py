"""How well does a search put the right creators first, beside plain BM25?

`python -m benchmarks.relevance FOLDER` rebuilds the judged profiles from their data sets, puts
them into the engine and into two plain search engines, asks all of them the judged queries, and
scores the orders (`gold/README.md`, "Relevance"). `influencr bench relevance` calls it.

It stands outside of the package because only a checkout has the labels, and because nothing in the
package but index/tantivy may know that engine.
"""
