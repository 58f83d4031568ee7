"""What is left of the items when the cancelled are dealt with."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.rollup.tree import NOBODY, Tree


@dataclass(frozen=True, slots=True)
class Forest:
    """`fates` leads from each item to the cancelled item at or above it (NOBODY: none).

    `live`, in the tree's order, `children` and `tops` leave out what the policy takes out.
    """

    tree: Tree
    fates: list[int]
    live: list[int]
    children: list[list[int]]
    tops: list[int]

    @property
    def takes_out(self) -> bool:
        return len(self.live) < len(self.tree.items)


def prune(tree: Tree, policy: str) -> Forest:
    """Mark what is cancelled, itself or from above; under `exclude` take it out."""
    fates = _fates(tree)
    tops = [at for at in tree.order if tree.parents[at] == NOBODY]
    if policy != "exclude" or max(fates, default=NOBODY) == NOBODY:
        return Forest(tree, fates, tree.order, tree.children, tops)
    live = [at for at in tree.order if fates[at] == NOBODY]
    children = [[child for child in below if fates[child] == NOBODY] for below in tree.children]
    return Forest(tree, fates, live, children, [at for at in tops if fates[at] == NOBODY])


def _fates(tree: Tree) -> list[int]:
    fates = [NOBODY] * len(tree.items)
    if not any(item.cancelled for item in tree.items):
        return fates
    for at in tree.order:
        parent = tree.parents[at]
        if tree.items[at].cancelled:
            fates[at] = at
        elif parent != NOBODY:
            fates[at] = fates[parent]
    return fates
