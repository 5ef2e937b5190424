"""Matrix factorisation as the notebook has it: two embeddings and their dot product."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.models.configs import DotConfig
from recli.models.embeddings import Shapes
from recli.models.recommender import Nums, Stars
from recli.models.stars import StarsModel

if TYPE_CHECKING:
    import keras


class DotModel(StarsModel):
    """``stars = user · item`` (Koren, Bell, Volinsky, *Matrix Factorization Techniques*, IEEE Computer 42(8), 2009).

    Without biases or regularisation, as in the notebook: early epochs and few factors are all that holds it back.
    """

    config: DotConfig

    def network(self, n_users: int, n_items: int) -> "keras.Model":
        """Build the Keras network."""
        from recli.models.networks import dot_network

        return dot_network(self.config, n_users, n_items)

    def shapes(self) -> Shapes:
        """Two tables of vectors."""
        size = self.config.embedding_size
        return {"user_embedding": (None, size), "item_embedding": (None, size)}

    def output(self, user_nums: Nums, item_nums: Nums) -> NDArray[np.float32]:
        """Return (m,) stars, or scores under the ordinal loss."""
        users, items = self.gather(user_nums, item_nums)
        output: NDArray[np.float32] = np.einsum("md,md->m", users, items)
        return output

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) products; under the ordinal loss the expected stars."""
        if self.is_ordinal:
            return super().score_table(user_nums, item_nums)
        users, items = self.gather(user_nums, item_nums)
        return users @ items.T
