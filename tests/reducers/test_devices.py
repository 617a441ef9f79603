"""Networks on another device than the CPU; skipped where there is none."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

import reducers

X = (load_digits().data[:600] / 16).astype(np.float32)
ON_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU")


@pytest.mark.parametrize("device", ["tpu", "cuda:99"])
def test_a_device_that_is_not_there_is_refused(device: str) -> None:
    with pytest.raises(ValueError, match=f"Got device='{device}', but torch cannot use it here"):
        reducers.create("autoencoder", device=device).fit(X)


@ON_GPU
@pytest.mark.parametrize(
    ("name", "params"),
    [("autoencoder", {}), ("vae", {"beta": 0.1}), ("reducers.posts.post3:Post3VAE", {"beta": 0.1, "n_components": 3})],
)
def test_a_gpu_learns_what_a_cpu_learns(name: str, params: dict) -> None:
    rest = {"n_epochs": 20, "batch_size": 50, "early_stopping": True, "random_state": 0} | params
    cpu, gpu, again = (reducers.create(name, device=device, **rest).fit(X) for device in ("cpu", "cuda", "cuda"))
    assert gpu.embedding_.tobytes() == again.embedding_.tobytes()
    assert next(gpu.encoder_.parameters()).is_cuda
    losses = [min(epoch.validation for epoch in one.history_) for one in (cpu, gpu)]
    assert losses[1] == pytest.approx(losses[0], rel=0.1)
    assert gpu.inverse_transform(gpu.transform(X)).shape == X.shape
    assert {type(array) for array in gpu.extras(X).values()} == {np.ndarray}
    assert gpu.sample(3, random_state=0).shape == (3, 64)
