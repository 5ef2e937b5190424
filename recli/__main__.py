"""Where recli starts: ``recli`` and ``python -m recli``."""

import sys

INTERRUPTED = 130


def run() -> None:
    """Run recli; an interrupt while it is still being imported is an interrupt like any other."""
    try:
        from recli.cli.main import main

        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    run()
