from benchmarks.scale_page import PAGE, Cost, drawn, read_results, table, with_table

ABOUT = {
    "date": "2026-01-02",
    "environment": {"cpus": 2, "platform": "Linux", "python": "3.11", "recli": "1", "tensorflow": "2"},
}
COSTS = [
    Cost("1m", 1_000_000, "train dot", 3, 5.0, 8.0, 700_000_000, 1_500_000.0),
    Cost("10m", 10_000_000, "train dot", 1, 21.4, 80.0, 1_540_000_000, 2_000_000.0),
    Cost("1m", 1_000_000, "similar", 3, 0.29, 0.25, 80_000_000),
    Cost("10m", 10_000_000, "similar", 3, 0.41, 0.25, 80_000_000),
]


def test_a_line_a_command_tells_time_memory_and_growth() -> None:
    head, _, dot, similar, rate, _, note = table(COSTS, ABOUT).splitlines()
    assert head == "| command | 1,000,000 ratings | 10,000,000 ratings | growth |"
    assert dot == "| `train dot` | 5.0 s, 700 MB | 21 s, 1.5 GB | 1.00 |"  # ten times the processor time
    assert similar == "| `similar` | 0.29 s, 80 MB | 0.41 s, 80 MB | 0.00 |"
    assert rate == "| an epoch of `dot`, ratings/s | 1,500,000 | 2,000,000 | |"
    assert note == "2026-01-02, 2 cores, Linux, Python 3.11, recli 1, TensorFlow 2."


def test_the_table_replaces_what_stands_between_its_marks() -> None:
    page = "before\n<!-- table: make bench-scale -->\nold\n<!-- end of table -->\nafter\n"
    assert with_table(page, "new") == (
        "before\n<!-- table: make bench-scale -->\n\nnew\n\n<!-- end of table -->\nafter\n"
    )


def test_the_picture_has_a_line_a_command() -> None:
    axes = drawn(COSTS).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["train dot", "similar"]
    assert axes.lines[0].get_xydata().tolist() == [[1_000_000, 5.0], [10_000_000, 21.4]]


def test_the_page_shows_the_run_that_was_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page, table(*read_results())) == page, "run: make bench-scale"
