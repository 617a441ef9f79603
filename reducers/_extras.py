"""What a run keeps of a neural reducer beside its embedding.

All images are pixels in the data's range at the resolution of the network, which is lower than the data's where
`resize` is given; all squared errors are in the data's own space, enlarged images included.

=========================  ============================  ==============================================================
name                       shape                         meaning
=========================  ============================  ==============================================================
history                    (n_epochs, 7)                 columns `reducers.HISTORY_COLUMNS`
standard_deviation         (n_components,)               of the codes of fitted points, without noise
active_units               ()                            latent dimensions in which these vary by more than 0.01
is_collapsed               ()                            1 where there is none
fitted_squared_error       (n_fitted,)                   of each fitted point through its code, without noise
prior_samples              (64, n_pixels)                decoded draws of N(0, I), the same codes for every reducer
prior_samples_by_epoch     (n_looks, 16, n_pixels)       the same during training, the same codes each time
prior_sample_epochs        (n_looks,)                    after which epochs
interpolation              (48, n_pixels)                decoded line between the codes of two points far apart
interpolation_rows         (2,)                          their rows in X
anomaly_score              (n_samples,)                  minus `score_samples` of X: the higher, the more abnormal
kl_per_dimension           (n_components,)               VAE: divergence from N(0, 1) in nats, averaged over X
posterior_deviation        (n_components,)               VAE: root mean square of the posteriors' deviations over X
sampled_embedding          (n_samples, n_components)     VAE: one draw from the posterior of each point of X
squared_error_through_     (n_samples,)                  VAE: squared error of X through these draws
sample
=========================  ============================  ==============================================================
"""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reducers._neural import NeuralReducer

PRIOR_SAMPLES = 64
STEPS = 48


def collect(reducer: NeuralReducer, X: np.ndarray) -> dict[str, np.ndarray]:
    """Return the arrays that every neural reducer has, of held-out points `X`."""
    codes = reducer._encoded(X)
    rows = far_apart(codes)
    arrays = {
        "history": np.array([astuple(epoch) for epoch in reducer.history_]),
        "standard_deviation": reducer.standard_deviation_,
        "fitted_squared_error": reducer.squared_error_,
        "prior_samples": reducer._shown(prior_codes(PRIOR_SAMPLES, reducer.n_components)),
        "prior_samples_by_epoch": np.stack(list(reducer.snapshots_.values())),
        "interpolation": reducer._shown(line(codes[rows[0]], codes[rows[1]], STEPS)),
        "anomaly_score": -reducer.score_samples(X),
    }
    counts = {
        "active_units": reducer.active_units_,
        "is_collapsed": reducer.is_collapsed_,
        "prior_sample_epochs": list(reducer.snapshots_),
        "interpolation_rows": rows,
    }
    return {name: array.astype(np.float32) for name, array in arrays.items()} | {
        name: np.asarray(count, dtype=np.int32) for name, count in counts.items()
    }


def prior_codes(n: int, n_components: int) -> np.ndarray:
    """Return draws from a standard normal distribution of codes, the same at every call."""
    return np.random.RandomState(0).standard_normal((n, n_components)).astype(np.float32)


def line(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Return evenly spaced codes from one to another, both included."""
    shares = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    return start + shares * (end - start)


def far_apart(codes: np.ndarray) -> list[int]:
    """Return the rows of two codes far apart: the farthest from the middle, and the farthest from that one."""
    first = int(np.square(codes - codes.mean(axis=0)).sum(axis=1).argmax())
    return [first, int(np.square(codes - codes[first]).sum(axis=1).argmax())]
