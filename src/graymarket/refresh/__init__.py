"""Upstream → data/: one small client a source, and one door by which rows enter."""
