"""``babelwire evaluate``: the published marts against hand-made truth."""


def evaluate() -> None:
    """Measure."""
