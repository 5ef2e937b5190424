"""Known datasets: where each comes from, and how what comes is verified."""
