"""The command `babelwire`."""
