"""Replication: the one published table of MNIST in two dimensions with autoencoders in it, compared with ours."""
