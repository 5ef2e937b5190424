"""``recli completion``."""

import json
from typing import Annotated

import typer

from recli.cli.shared import Shared
from recli.core.errors import require_one_of

EXAMPLES = (
    'eval "$(recli completion bash)"                  # in ~/.bashrc (bash 4.4 or newer)',
    'eval "$(recli completion zsh)"                   # in ~/.zshrc, behind compinit',
    "recli completion fish > ~/.config/fish/completions/recli.fish",
)


def completion(
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="The shell that is to complete.")],
    *,
    shared: Shared,
) -> None:
    """Print the script that completes words at TAB.

    Commands, options, references, titles and ids.
    """
    from recli.render.completion import SCRIPTS

    output = shared.output()
    require_one_of("SHELL", shell, tuple(SCRIPTS), fix="recli completion bash")
    script = SCRIPTS[shell]
    output.stream([json.dumps({"shell": shell, "script": script}, indent=2) + "\n" if output.json else script])
