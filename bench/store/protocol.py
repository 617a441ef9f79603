"""The protocol of a study: what its numbers depend on besides methods and machine, as one version that can be cited."""

from __future__ import annotations

import json
from hashlib import sha256

from bench.metrics.metric import MARGINS
from bench.metrics.registry import METRICS
from bench.store.records import Environment
from bench.studies.study import Study

SHOWN = 6
"""Digits of the hash that are shown."""
OF_STUDY = ("n", "samples", "seeds", "timeout", "memory", "threads", "measures", "order_seed", "rounds", "repeat")
"""Fields of a study that belong to its protocol: splits, seeds, budgets and order, but not its methods."""


def cited(study: Study, environment: Environment | None) -> str:
    """Return name, version of the measurement and hash of a protocol; empty if results of earlier editions lack them.

    The hash is that of the data with their split, of seeds, budgets and order, of how is measured, of the version of
    each score, of anchors if a study says how many, and of the margins within which methods are equivalent.
    """
    if environment is None or environment.measurement is None:
        return ""
    facts = {
        "data": environment.dataset_fingerprint,
        "study": study.model_dump(mode="json", include=set(OF_STUDY)),
        "measurement": environment.measurement,
        "scores": environment.metrics,
        "margins": {"costs": MARGINS, "scores": {key: metric.margin for key, metric in METRICS.items()}},
    }
    if study.anchors is not None:
        facts["anchors"] = study.anchors
    digest = sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    return f"{study.name or 'study'}-{environment.measurement} ({digest[:SHOWN]})"
