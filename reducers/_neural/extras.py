"""What a run keeps of a neural reducer in addition to its embedding; `fit` computes none of it.

All images are pixels in the data's range at the resolution of the network, which may be lower than the data's. All
squared errors are in the data's own space, enlarged images included.

Of `extras(X)`, for test points `X`:

=============================  ==========================  ============================================================
name                           shape                       meaning
=============================  ==========================  ============================================================
history                        (n_epochs, 7)               columns `reducers.HISTORY_COLUMNS`
standard_deviation             (n_components,)             of the codes of training points, without noise
active_units                   ()                          latent dimensions in which these vary by more than 0.01
is_collapsed                   ()                          1 if there is none
prior_samples                  (64, n_pixels)              decoded draws of N(0, I), the same codes for every reducer
anomaly_score                  (n_samples,)                minus `score_samples` of X: the higher, the more abnormal
kl_per_dimension               (n_components,)             VAE: divergence from N(0, 1) in nats, averaged over X
posterior_deviation            (n_components,)             VAE: root mean square of the posteriors' deviations over X
sampled_embedding              (n_samples, n_components)   VAE: one draw from the posterior of each point of X
squared_error_through_sample   (n_samples,)                VAE: squared error of X through these draws
=============================  ==========================  ============================================================

Of `training_extras(X)`, for the training points `X`; the last four only with `by_epoch`:

=============================  ==========================  ============================================================
fitted_squared_error           (n_train,)                  of each training point through its code, without noise
prior_samples_by_epoch         (n_epochs_shown, 16,        decoded draws of N(0, I) during training, the same codes
                               n_pixels)                   each time
prior_sample_epochs            (n_epochs_shown,)           after which epochs
embedding_by_epoch             (n_frames, n_filmed,        positions of the first training points during training
                               n_components)
embedding_epochs               (n_frames,)                 after which epochs
=============================  ==========================  ============================================================
"""

from __future__ import annotations

import numpy as np

PRIOR_SAMPLES = 64
EPOCHS_SHOWN = 6
"""Epochs after which prior samples are decoded: the first, the last and those evenly between."""
SAMPLES_SHOWN = 16
"""Codes decoded after each of these epochs."""
FRAMES = 24
"""Epochs after which points are mapped: most of them early, when positions change most."""
POINTS_FILMED = 1_000
"""Training points that are mapped after each of these epochs."""


def prior_codes(n: int, n_components: int) -> np.ndarray:
    """Return draws from a standard normal distribution of codes, the same at every call."""
    return np.random.RandomState(0).standard_normal((n, n_components)).astype(np.float32)


def epochs_shown(n_epochs: int) -> set[int]:
    """Return the epochs after which prior samples are decoded."""
    return set(np.linspace(1, n_epochs, min(EPOCHS_SHOWN, n_epochs)).round().astype(int).tolist())


def epochs_filmed(n_epochs: int) -> set[int]:
    """Return the epochs after which points are mapped, the first and the last included."""
    return set(np.geomspace(1, n_epochs, FRAMES).round().astype(int).tolist())
