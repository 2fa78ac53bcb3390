"""What `shangji up` says when everything runs: where to look."""

from rich.console import Console

from shangji.stack import Stack


def print_welcome(stack: Stack, console: Console | None = None) -> None:
    """Print where the services are and how to go on."""
    out = console or Console()
    out.print("\n[bold]Shangji is running.[/bold]")
    for name, url in stack.service_urls.items():
        out.print(f"  {name:<14} {url}   {url}/docs", highlight=False)
    out.print(f"  Kafka          {stack.kafka_bootstrap}", highlight=False)
    out.print(f"  data and logs  {stack.home}", highlight=False, soft_wrap=True)
    out.print("`shangji status` shows the processes; Ctrl-C or `shangji down` stops everything.")
