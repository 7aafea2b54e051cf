"""Gray phones: evidence, estimate and exhibits on gray-market smartphones."""
