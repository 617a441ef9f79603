"""Questions that users of dimensionality reducers ask, answered from the results of the studies.

A question is a function of `Results`, which returns a small table and a few values. The template with the name of its
module has a block with its name; this says the sentences. Findings, at README's head, are made in the same way.
"""

from __future__ import annotations

from pathlib import Path

from bench.output.faq import (
    box,
    cards,
    choice,
    cost,
    datasets,
    findings,
    networks,
    objectives,
    parameters,
    placement,
    quality,
    repeatability,
    structure,
    tuning,
)
from bench.output.faq.page import Question, lead, page, read, stated
from bench.output.tables.render import write_into

QUESTIONS = (
    Question("Which method for what?", "full", "summary.md", choice.which_method),
    Question("Is the difference real, or noise?", "full", "test_comparisons.csv", choice.is_it_real),
    Question("Does it hold on other data?", "datasets", "summary.md", datasets.other_data),
    Question("Which methods keep neighbours, at which k?", "full", "figures/neighbourhoods.png", quality.neighbours),
    Question("What do networks gain from their layers?", "networks", "figures/training.png", networks.architectures),
    Question("And from convolutions?", "convolutional", "figures/training.png", networks.architectures),
    Question("How much do the parameters matter?", "sensitivity", "figures/sweeps.png", parameters.one_by_one),
    Question("What does tuning gain, and which method then?", "tuned", "summary.csv", tuning.gains),
    Question("What does a search select, and what does it take?", "tuning", "measures.csv", tuning.search),
    Question("Do networks lose because they encode?", "objectives", "summary.md", objectives.encode_or_reconstruct),
    Question("Does the same seed give the same embedding?", "threads", "reproducibility.csv", repeatability.same_seed),
    Question("What changes an embedding that should change nothing?", "cards", "README.md", cards.changes),
    Question("How much does an embedding change with the seed?", "full", "figures/stability.png", repeatability.seeds),
    Question("How well are test points mapped?", "full", "summary.csv", quality.transformed),
    Question("Is transform better than copying a position?", "placement", "measures.csv", placement.baselines),
    Question("Does the position of a point depend on its batch?", "full", "summary.csv", quality.batches),
    Question("Where does a class land that was left out?", "unseen", "figures/unseen.png", quality.left_out),
    Question("Do distances and sizes in an embedding mean anything?", "full", "figures/shepard.png", quality.distances),
    Question("Are there clusters where the data have none?", "false-structure", "summary.md", structure.noise),
    Question("Does the start of t-SNE and UMAP matter?", "initialisation", "figures/sweeps.png", parameters.starts),
    Question("How many dimensions to cluster and classify?", "dimensions", "figures/sweeps.png", parameters.dimensions),
    Question("What do import, cold start, fit and transform cost?", "threads", "runs.csv", cost.by_threads),
    Question("How does memory grow with the number of points?", "scaling", "figures/scaling.png", cost.memory),
    Question("Should PCA come first?", "pca-first", "summary.md", parameters.pca_first),
    Question("What does a higher silhouette cost?", "sensitivity", "figures/dial.png", parameters.silhouette),
    Question("How does time grow with the number of points?", "scaling", "figures/scaling.png", cost.time),
    Question("What do UMAP's two searches of neighbours cost?", "umap-rows", "summary.md", cost.cliff),
    Question("What does stopping early cost?", "time-to-quality", "figures/time-to-quality.png", cost.stopped),
    Question("Are these the numbers that others published?", "replication", "replication.md", repeatability.published),
)
"""Every question, in the order of the page."""
OTHERS = ("default", "posts-1")
"""Studies that answer no question, and that the page speaks of."""
MAX_LEADS = 5
"""Findings that a front page has."""


def write(results_root: Path, into: Path | None = None) -> Path:
    """Write `README.md` of a folder of results, and return its path.

    Parameters
    ----------
    results_root : Path
        Folder with a folder of results for each study.
    into : Path or None
        A file that gets the first findings, a sentence each, and which method to take, between its markers.

    Raises
    ------
    StoreError
        If a table is missing or was written by an older version, or `into` has no markers.
    """
    studies = read(results_root, dict.fromkeys((*(question.study for question in QUESTIONS), *OTHERS)))
    said = stated(studies, findings.FINDINGS)
    path = results_root / "README.md"
    path.write_text(page(studies, said, QUESTIONS), encoding="utf-8")
    if into is not None:
        first, *others = [lead(one) for one in said] or [""]
        known = [studies[name] for name in ("full", "default") if name in studies]
        leads = [first, findings.sizes(*known) if len(known) == 2 else "", *others]
        write_into(into, "\n".join(f"- {one}" for one in list(filter(None, leads))[:MAX_LEADS]), "findings")
        write_into(into, box.which_method(studies), "choice")
    return path
