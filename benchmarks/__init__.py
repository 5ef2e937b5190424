"""Side-by-side runs against other libraries; ``docs/benchmarks.md`` says how to repeat them."""
