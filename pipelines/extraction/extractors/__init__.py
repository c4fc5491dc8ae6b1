"""The extractors of mentions, one file each."""
