"""A Gibbs sampler for matrix factorisation of ordinal ratings with side information: the engine of ``bayes``."""
