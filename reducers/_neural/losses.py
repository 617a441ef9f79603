"""The terms of the loss of autoencoders, all per sample: summed over features and latent dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import torch
from torch.nn import functional


@dataclass(frozen=True)
class Posterior:
    """A diagonal normal distribution of codes for each sample; tensors of shape (n_samples, n_components)."""

    mean: torch.Tensor
    deviation: torch.Tensor
    log_variance: torch.Tensor

    @classmethod
    def from_log_variance(cls, mean: torch.Tensor, log_variance: torch.Tensor) -> Posterior:
        """Return the distribution with a mean and the logarithm of a variance."""
        return cls(mean, torch.exp(log_variance / 2), log_variance)

    def sample(self, generator: torch.Generator) -> torch.Tensor:
        """Return one random code for each sample, differentiable in mean and deviation."""
        noise = torch.randn(self.mean.shape, generator=generator, device=self.mean.device)
        return self.mean + self.deviation * noise

    def kl(self) -> torch.Tensor:
        """Return the divergence from a standard normal in nats, one number for each sample and dimension."""
        variance = self.log_variance.exp()
        return -0.5 * (1 + self.log_variance - self.mean.square() - variance)


def squared_error(rebuilt: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
    """Return the squared error of each sample."""
    return (rebuilt - batch).square().sum(dim=1)


def cross_entropy(logits: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
    """Return the negative log-likelihood of each sample under independent Bernoulli pixels, in nats."""
    return functional.binary_cross_entropy_with_logits(logits, batch, reduction="none").sum(dim=1)


def optimal_sigma_nll(mean_error: torch.Tensor, n_features: int) -> torch.Tensor:
    """Return a sample's negative log-likelihood under a Gaussian whose variance is the batch's own error, in nats.

    This variance maximises the likelihood, in closed form (Rybkin, Daniilidis and Levine 2021, Simple and effective VAE
    training with calibrated decoders).

    Parameters
    ----------
    mean_error : Tensor of shape ()
        Squared error of a sample, averaged over the batch.
    """
    return n_features / 2 * (torch.log(mean_error / n_features) + 1 + log(2 * pi))


def scale(reduction: str, n_samples: int, n_features: int) -> float:
    """Return the factor of a reduction on a term that is summed over a sample and averaged over the batch.

    Parameters
    ----------
    reduction : {"sample", "sum", "mean"}
        Summed over a sample and averaged over the batch; or torch's names, over everything.
    """
    return {"sample": 1.0, "sum": float(n_samples), "mean": 1 / n_features}[reduction]
