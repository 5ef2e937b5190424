"""How long something takes, as people say it."""


def spoken_time(seconds: float) -> str:
    """Return ``40 s``, ``12 min``, ``3 h 20 min`` or ``2 d 4 h``: two units at most."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    tens = round(minutes / 10) * 10  # no one knows the last minute of hours
    hours, rest = divmod(tens, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(round(tens / 60), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
