"""Titles that try whatever shows them, and a dataset of films of these names.

A script that one of them gets to run sets ``window.__pwned`` or opens a dialog.
"""

import json
from pathlib import Path

import numpy as np

from recli.core.dataset import Dataset
from recli.core.ratings import RatingScale
from recli.data.build import ItemRow, RatingColumns, UserRow, assemble
from recli.operations.train import configure, train
from recli.store import Store

_SPOKEN = {
    "C0": range(0x20),
    "DEL": [0x7F],
    "C1": range(0x80, 0xA0),
    "bidi": [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F)],
}
_UNSEEN = (
    *range(0x2066, 0x206A),
    0xAD,
    0x34F,
    0x180E,
    *range(0x200B, 0x200E),
    0x2028,
    0x2029,
    0x2060,
    0xFEFF,
    0xFFF9,
    0xE0001,
)
_CHARACTERS = [
    f"{kind} {code:04x}{chr(code)}gnp.exe" for kind, codes in (_SPOKEN | {"none": _UNSEEN}).items() for code in codes
]
_WRITTEN = Path(__file__).with_name("hostile_titles.txt").read_text(encoding="ascii").splitlines()
TITLES = tuple(dict.fromkeys([*_CHARACTERS, *(json.loads(line) for line in _WRITTEN if line.startswith('"'))]))
"""Each a title; the film of id n has the n-th, from 1."""
N_USERS = 12
_MANY = 40
"""Genres and occupations: some titles are one too."""


def hostile_dataset() -> Dataset:
    """Return a dataset whose films, genres and occupations have these names; each film has a rating from each user."""
    names = [title for title in TITLES if "|" not in title and title.strip()][::7][:_MANY]
    users, items = np.meshgrid(np.arange(1, N_USERS + 1), np.arange(1, len(TITLES) + 1), indexing="ij")
    stars = np.random.default_rng(0).integers(1, 6, users.size)
    return assemble(
        "hostile",
        RatingColumns(users.ravel(), items.ravel(), stars.astype(np.float32), np.arange(users.size)),
        [ItemRow(n, title=t, year=1990, release_date=t, genres=(names[n % _MANY],)) for n, t in enumerate(TITLES, 1)],
        [UserRow(n, {"occupation": names[n]}) for n in range(1, N_USERS + 1)],
        scale=RatingScale(1, 5),
        source={"source": TITLES[60], "title": TITLES[0], "licence": "[red]x[/red]", "url": "javascript:alert(1)"},
    )


def fill(store: Store) -> Store:
    """Put the dataset into a store, and models of biases, lists of neighbours and vectors."""
    from recli.data.files import dataset_files, dataset_record

    dataset = hostile_dataset()
    store.publish_dataset("hostile", dataset_files(dataset), dataset_record(dataset))
    for model, options in (("bias", {}), ("ease", {}), ("dot", {"epochs": 1, "embedding_size": 4})):
        train(store, configure(model, options), dataset="hostile")
    return store
