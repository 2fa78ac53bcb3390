"""The `shangji` command: starts the stack, feeds it, checks it and stops it."""
