"""``python -m cli`` is ``babelwire``."""

from cli.main import main

main()
