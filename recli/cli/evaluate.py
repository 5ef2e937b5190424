"""``recli evaluate``."""

from typing import Annotated

import typer

from recli.cli.options import Plot, RankingUsers, Relevant, TopK
from recli.cli.pictures import open_picture
from recli.cli.shared import Shared, refuse_unread
from recli.core.judgement import RANKING_USERS, RankingProtocol
from recli.core.judgement import ranking_users as users_of

EXAMPLES = (
    "recli evaluate",
    "recli evaluate dot:1 dot:2 --slices",
    "recli evaluate dot --plot dot.png",
    'recli evaluate bayes --no-ranking --fail-if "mae>0.7" --fail-if "verdict!=better"',
)


def evaluate(
    refs: Annotated[
        list[str] | None, typer.Argument(metavar="REF...", help="dot, dot:3 or dot@best; by default every latest.")
    ] = None,
    slices: Annotated[
        bool, typer.Option("--slices", help="Show errors by item support, user activity and rating too.")
    ] = False,
    ranking: Annotated[bool, typer.Option("--ranking/--no-ranking", help="Judge rankings of all unseen items.")] = True,
    k: TopK = 10,
    relevant: Relevant = None,
    ranking_users: RankingUsers = str(RANKING_USERS),
    fail_if: Annotated[
        list[str] | None,
        typer.Option(metavar="EXPR", help='Exit 10 where it holds, like "mae>0.75"; may be repeated.'),
    ] = None,
    plot: Plot = None,
    *,
    shared: Shared,
) -> None:
    """Judge models on rows they have not seen.

    Each is shown on its training and on its test rows, with the bias baseline beside it: better or worse where a paired
    bootstrap over users says so, else undecided.
    """
    from recli.cli.progress import ranking_progress
    from recli.core.gate import Gate
    from recli.operations.evaluate import evaluate as operation
    from recli.operations.gates import check_gates, require_checkable
    from recli.render.evaluate import evaluate_view

    output = shared.output()
    gates = [Gate.parse(text) for text in fail_if or []]
    require_checkable(gates, ranking=ranking)
    protocol = RankingProtocol(k, relevant, users_of(ranking_users)) if ranking else None
    if not ranking:
        refuse_unread(("k", "relevant", "ranking_users"), "--no-ranking ranks nothing", fix="recli evaluate --ranking")
    picture = open_picture(plot)
    with ranking_progress(quiet=shared.quiet) as on_ranked:
        result = operation(shared.store(), refs or [], ranking=protocol, on_ranked=on_ranked)
    output.emit(evaluate_view(result, slices=slices))
    if picture:
        from recli.render.plots import evaluation_plot, reports_plot

        one = len(result.reports) == 1
        content = (
            evaluation_plot(result.reports[0], picture.format) if one else reports_plot(result.reports, picture.format)
        )
        picture.save(content)
    check_gates(gates, result.reports)
    if result.problems:
        raise result.problems[0]  # the others are judged and shown; a script must still hear of it
