"""Run recli as ``python -m recli``."""

from recli.cli.main import main

main()
