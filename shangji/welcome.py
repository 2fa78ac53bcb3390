"""What `shangji up` says when everything runs: where to look, how to sign in, what to try."""

import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from shangji.demo_record import PASSWORD, DemoRecord, Incidents
from shangji.stack import Stack


def _command() -> str:
    """How this command is called here, to be copied from what is printed."""
    if shutil.which("shangji"):
        return "shangji"
    here = Path(sys.executable).with_name("shangji")
    return str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here)


COMMAND = _command()


def print_welcome(stack: Stack, console: Console | None = None) -> None:
    """Print where the services are and how to go on."""
    out = console or Console()
    out.print("\n[bold]Shangji is running. 商机系统已启动。[/bold]")
    for name, url in stack.service_urls.items():
        out.print(f"  {name:<14} {url}   {url}/docs", highlight=False)
    out.print(f"  Kafka          {stack.kafka_bootstrap}", highlight=False)
    out.print(f"  data and logs  {stack.home}", highlight=False, soft_wrap=True)
    if stack.service_urls:
        _print_people(stack, out)
        print_script(stack, out)
    out.print(
        f"`{COMMAND} status` shows the processes; Ctrl-C or `{COMMAND} down` stops everything.",
        soft_wrap=True,
    )


def _print_people(stack: Stack, out: Console) -> None:
    record = DemoRecord.read(stack.home)
    out.print("\n[bold]Sign in 登录[/bold]")
    if record is None or not record.actors:
        out.print(f"  operator   `{COMMAND} token operator` prints a token for the first operator.")
        return
    table = Table("", "", "", "", box=None, show_header=False)
    for actor in record.actors:
        table.add_row(actor.role, actor.username, actor.name, f"{COMMAND} token {actor.username}")
    out.print(table)
    out.print(
        f"  POST /sessions of opportunities takes these names with the password {PASSWORD}",
        soft_wrap=True,
    )


def print_script(stack: Stack, out: Console) -> None:
    """Print a walk through the system, to copy line by line."""
    record = DemoRecord.read(stack.home)
    names = {actor.role: actor.username for actor in record.actors} if record else {}
    leads, opportunities = stack.url("leads"), stack.url("opportunities")
    notifications = stack.url("notifications")
    out.print("\n[bold]Try this 试一试[/bold]")
    _print_step(
        out,
        "A lead comes in. 进来一条线索：",
        f"""curl -s {leads}/leads -H "Authorization: Bearer $({COMMAND} token)" -H "Idempotency-Key: try-1" """
        """-H "Content-Type: application/json" -d '{"name": "王工", "phone": "13800138000", """
        """"company_name": "苏州恒达水务有限公司", "region": "江苏", "source": "官网"}'""",
    )
    if "seller" in names:
        seller, lead = names["seller"], names["team lead"]
        _print_step(
            out,
            "A seller sees only what is theirs; the team lead sees the team. 销售只看自己的，组长看全组：",
            f"""curl -s {opportunities}/opportunities?limit=3 -H "Authorization: Bearer $({COMMAND} token {seller})" """,
            f"""curl -s {opportunities}/opportunities?limit=3 -H "Authorization: Bearer $({COMMAND} token {lead})" """,
        )
        _print_step(
            out,
            "How the year went, as whoever leads it all. 老板看全年：",
            f"{COMMAND} report win-rate --by month --as boss",
            f"{COMMAND} report funnel --as boss",
            f"{COMMAND} report source-conversion --by source",
        )
        if record and record.incidents:
            _print_incidents(out, record.incidents, opportunities)
        _print_step(
            out,
            "A week passes: reminders, escalations. 时间过去一周，催办与升级：",
            f"{COMMAND} demo advance 7d",
            f"""curl -s {notifications}/inbox -H "Authorization: Bearer $({COMMAND} token {lead})" """,
        )
    else:
        _print_step(
            out,
            "Bring your own data in; a dry run first. 导入自己的数据，先试运行：",
            f"{COMMAND} import leads FILE.csv --dry-run",
        )
    out.print("")


def _print_incidents(out: Console, planted: Incidents, opportunities: str) -> None:
    as_operator = f'-H "Authorization: Bearer $({COMMAND} token operator)"'
    _print_step(
        out,
        f"{planted.stalled_region} closed nothing for a quarter. 该大区整个季度颗粒无收：",
        f"{COMMAND} report win-rate --by region --from {planted.stalled_from} --to {planted.stalled_to}",
    )
    _print_step(
        out,
        f"{planted.hoarder} hoards open deals. 有人囤积商机：",
        f"{COMMAND} report efficiency --by seller --as {planted.hoarders_lead}",
    )
    _print_step(
        out,
        f"{planted.leaver} left, the open deals stayed. 人走了，商机还挂在名下：",
        f'curl -s "{opportunities}/opportunities?owner={planted.leaver_id}&status=open" {as_operator}',
    )
    _print_step(
        out,
        "Two teams court one customer. 两个团队撞单：",
        f'curl -s "{opportunities}/opportunities?customer={planted.contested_customer_id}&status=open"'
        f" {as_operator}",
    )


def _print_step(out: Console, what: str, *lines: str) -> None:
    out.print(f"  {what}")
    for line in lines:
        out.print(f"    {line.rstrip()}", highlight=False, markup=False, soft_wrap=True)
