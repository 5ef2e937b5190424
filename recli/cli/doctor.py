"""``recli doctor``."""

import typer

from recli.cli.settings import config_path
from recli.cli.shared import Shared

EXAMPLES = ("recli doctor", "recli doctor --json", "recli doctor -q || echo broken")


def doctor(ctx: typer.Context, *, shared: Shared) -> None:
    """Check what recli needs, and say what to do.

    Python, packages, TensorFlow, memory, disk, store, settings and terminal.

    Ends with 0 where recli can work, warnings or not; else with the code of the worst problem: 5 (the store is
    damaged) before 8 (it cannot be written), 2 (a file of settings is wrong) and 4 (something is missing). Every
    checksum of the store is checked. -q prints the problems alone.
    """
    from recli.operations.doctor import doctor as operation
    from recli.operations.doctor import require_usable
    from recli.render.doctor import doctor_view

    output = shared.output()
    program = ctx.find_root().command
    diagnosis = operation(shared.store(), lambda: config_path(program))
    output.emit(doctor_view(diagnosis))
    require_usable(diagnosis)
