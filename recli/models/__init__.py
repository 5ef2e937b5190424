"""The recommenders, behind one protocol. The only place that imports TensorFlow, and lazily."""
