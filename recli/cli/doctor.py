"""``recli doctor``."""

from recli.cli.shared import Shared

EXAMPLES = ("recli doctor", "recli doctor --json", "recli doctor -q || echo broken")


def doctor(*, shared: Shared) -> None:
    """Look at all that recli needs: Python, packages, TensorFlow, memory, disk, store, terminal.

    Ends with 0 where recli can work, warnings or not; else with the code that the first problem would end a command
    with. Every checksum of the store is checked. -q prints the problems alone.
    """
    from recli.operations.doctor import doctor as operation
    from recli.operations.doctor import require_usable
    from recli.render.doctor import doctor_view

    output = shared.output()
    diagnosis = operation(shared.store())
    output.emit(doctor_view(diagnosis))
    require_usable(diagnosis)
