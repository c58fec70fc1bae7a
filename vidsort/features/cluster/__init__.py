"""Extraction on many machines: Dask behind the same generator as child processes."""

from .asking import Cluster, require_dask

__all__ = ["Cluster", "require_dask"]
