"""One module a sub-command: each has an `app`, and the module's name is the file's business.

A module with one command shows as `shangji <command>`; name its typer (`typer.Typer(name=…)`) and
its commands appear in a group of that name.
"""
