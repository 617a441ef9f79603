"""The terms of the loss of autoencoders, all per sample: summed over features and latent dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import torch
from torch.nn import functional

REDUCTIONS = ("sample", "sum", "mean")
"""How a term is reduced: summed over a sample and averaged over the batch; or torch's names, over everything."""
VARIANCE_FLOOR = 1e-8
"""Added to a variance that may be 0 before its logarithm is taken, as in seed 004."""


@dataclass(frozen=True)
class Posterior:
    """A diagonal normal distribution of codes for each sample; tensors of shape (n_samples, n_components)."""

    mean: torch.Tensor
    deviation: torch.Tensor
    log_variance: torch.Tensor

    @classmethod
    def from_head(cls, head: torch.Tensor, kind: str) -> Posterior:
        """Read the two halves of an encoder's output.

        Parameters
        ----------
        head : Tensor of shape (n_samples, 2 * n_components)
        kind : {"log_variance", "log_deviation", "relu"}
            What the second half is; with "relu" the first half passes it too.
        """
        if kind == "relu":
            mean, deviation = functional.relu(head).chunk(2, dim=1)
            return cls(mean, deviation, torch.log(VARIANCE_FLOOR + deviation.square()))
        mean, spread = head.chunk(2, dim=1)
        log_variance = spread if kind == "log_variance" else 2 * spread
        return cls(mean, torch.exp(log_variance / 2), log_variance)

    def sample(self, generator: torch.Generator) -> torch.Tensor:
        """Return one code drawn for each sample, differentiable in mean and deviation."""
        noise = torch.randn(self.mean.shape, generator=generator, device=self.mean.device)
        return self.mean + self.deviation * noise

    def kl(self, form: str = "exact") -> torch.Tensor:
        """Return the divergence from a standard normal in nats, one number a sample and dimension.

        Parameters
        ----------
        form : {"exact", "missing_half"}
            The second is seed 002's, which lacks a factor 1/2: exactly 0.347 nats more than the divergence from
            N(0, 1/2).
        """
        variance = self.log_variance.exp()
        if form == "missing_half":
            return variance + self.mean.square() - self.log_variance / 2 - 0.5
        return -0.5 * (1 + self.log_variance - self.mean.square() - variance)


def squared_error(rebuilt: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
    """Return the squared error of each sample."""
    return (rebuilt - batch).square().sum(dim=1)


def cross_entropy(logits: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
    """Return the negative log-likelihood of each sample under independent Bernoulli pixels, in nats."""
    return functional.binary_cross_entropy_with_logits(logits, batch, reduction="none").sum(dim=1)


def optimal_sigma_nll(mean_error: torch.Tensor, n_features: int) -> torch.Tensor:
    """Return a sample's negative log-likelihood under a Gaussian whose variance is the batch's own error, in nats.

    The variance is the likeliest one, in closed form (Rybkin, Daniilidis and Levine 2021, Simple and effective VAE
    training with calibrated decoders).

    Parameters
    ----------
    mean_error : Tensor of shape ()
        Squared error of a sample, averaged over the batch.
    """
    return n_features / 2 * (torch.log(mean_error / n_features) + 1 + log(2 * pi))


def scale(reduction: str, n_samples: int, n_features: int) -> float:
    """Return by what a reduction multiplies a term that is summed over a sample and averaged over the batch."""
    return {"sample": 1.0, "sum": float(n_samples), "mean": 1 / n_features}[reduction]
