"""Apache Spark: a session, and what recli lets it do. The only place that imports pyspark, and lazily.

Everything runs inside Spark's JVMs, by SQL and MLlib: a worker needs no Python. What comes back to the driver comes
through Arrow.
"""
