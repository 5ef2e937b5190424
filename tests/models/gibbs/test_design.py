import numpy as np
import pytest

from recli.models.gibbs import design as module
from tests.models.gibbs.samples import design_of


def test_ratings_are_arranged_by_user_for_users_and_by_item_for_items() -> None:
    design = design_of([1, 0, 1], [0, 1, 1], [2, 0, 1])
    assert design.user_nums.tolist() == [0, 1, 1]
    assert design.item_nums.tolist() == [1, 0, 1]
    assert design.level_nums.tolist() == [0, 2, 1]
    assert design.items.rated.indices.tolist() == [1, 0, 1]  # item 0: user 1; item 1: users 0 and 1
    assert design.level_nums[design.items.order].tolist() == [2, 0, 1]
    assert (design.users.counts.tolist(), design.items.counts.tolist()) == ([1, 2], [1, 2])


def test_implicit_features_shrink_with_activity_and_popularity() -> None:
    # User 0 rated items 0 and 1, user 1 rated item 1: popularities 1 and 2, their mean 1.5.
    features = design_of([0, 0, 1], [0, 1, 1], [0, 1, 2]).users.features.toarray()
    rare, popular = (1 / 1.5) ** -0.25, (2 / 1.5) ** -0.25
    assert features == pytest.approx(np.array([[2**-0.3 * rare, 2**-0.3 * popular, 1], [0, popular, 1]]), abs=1e-6)


def test_metadata_stand_behind_the_intercept() -> None:
    metadata = np.array([[0, 1], [1, 0]], np.float32), np.array([[1]], np.float32)
    design = design_of([0, 1], [0, 0], [0, 1], metadata=metadata)
    assert design.users.features.toarray()[:, 1:].tolist() == [[1, 0, 1], [1, 1, 0]]
    assert design.items.features.toarray()[:, 2:].tolist() == [[1, 1]]


def test_the_decomposition_is_that_of_the_features() -> None:
    side = design_of([0, 0, 1, 2], [0, 1, 1, 2], [0, 1, 2, 0]).users
    rebuilt = side.eigenvectors @ np.diag(side.eigenvalues) @ side.eigenvectors.T
    assert rebuilt == pytest.approx((side.features.T @ side.features).toarray(), abs=1e-5)


def test_only_the_partners_with_most_ratings_become_features(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PARTNERS", 1)
    features = design_of([0, 0, 1], [0, 1, 1], [0, 1, 2]).users.features.toarray()
    assert features.shape == (2, 2)
    assert (features[:, 0] > 0).all()  # item 1, whom both rated


def test_a_partner_without_ratings_is_no_feature() -> None:
    assert design_of([0], [0], [0], shape=(1, 5)).users.features.shape == (1, 2)
