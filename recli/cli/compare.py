"""``recli compare``."""

from typing import Annotated

import typer

from recli.cli.options import Plot, RankingUsers, Relevant, TopK
from recli.cli.pictures import open_picture
from recli.cli.shared import Shared, refuse_unread
from recli.core.judgement import RANKING_USERS, RankingProtocol
from recli.core.judgement import ranking_users as users_of

EXAMPLES = (
    "recli compare dot deep bias",
    "recli compare dot:1 dot:2 --by rmse",
    "recli compare dot ease --plot compared.html",
    "best=$(recli compare ease bpr --by ndcg -q)",
)


def compare(
    refs: Annotated[list[str], typer.Argument(metavar="REF REF...", help="Two or more: dot, dot:3 or dot@best.")],
    by: Annotated[str, typer.Option(metavar="mae|rmse|median_mae|ndcg", help="What to compare and sort by.")] = "mae",
    k: TopK = 10,
    relevant: Relevant = None,
    ranking_users: RankingUsers = str(RANKING_USERS),
    plot: Plot = None,
    *,
    shared: Shared,
) -> None:
    """Compare models on the rows that none of them learned from.

    Each is held against the best one: worse where a paired bootstrap over users says so, else undecided.
    """
    from recli.cli.progress import ranking_progress
    from recli.core.results.compare import BY
    from recli.operations.compare import compare as operation
    from recli.render.compare import compare_view

    output = shared.output()
    if by in BY and by != "ndcg":
        fix = f"recli compare {' '.join(refs)} --by ndcg"
        refuse_unread(("k", "relevant", "ranking_users"), f"--by {by} ranks nothing", fix=fix)
    picture = open_picture(plot)
    protocol = RankingProtocol(k, relevant, users_of(ranking_users))
    with ranking_progress(quiet=shared.quiet) as on_ranked:
        result = operation(shared.store(), refs, by=by, ranking=protocol, on_ranked=on_ranked)
    output.emit(compare_view(result))
    if picture:
        from recli.render.plots import comparison_plot

        picture.save(comparison_plot(result, picture.format))
