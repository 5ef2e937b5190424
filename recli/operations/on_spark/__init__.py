"""What a Spark cluster does for recli: the same results as on one machine."""
