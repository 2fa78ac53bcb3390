"""The command `train-score`: has a score learned from closed leads, and shows its card."""

import asyncio
import sys
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from shangji.client import POLL_EVERY, Client, connect
from shangji.errors import StartRefused
from shangji.progress import bars

app = typer.Typer()


@app.command()
def train_score(
    why: Annotated[str, typer.Option(help="Kept with what is learned.")] = "Asked for by command",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Learn from closed leads how likely an open one is to be won; it waits to be activated."""
    learned = asyncio.run(_train(why))
    if as_json:
        sys.stdout.write(orjson.dumps(learned, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _show(learned)


async def _train(why: str) -> Any:
    with bars() as all_bars:
        all_bars.bar().about("learning from closed leads")
        async with connect() as client:
            training = await client.send("POST", "leads", "/scoring/trainings", {"why": why})
            done = await _finished(client, training["id"])
            if done["version"] is None:
                raise StartRefused(f"{done['problem']}.")
            return await client.get("leads", f"/scoring/models/{done['version']}")


async def _finished(client: Client, training_id: str) -> Any:
    while True:
        training = await client.get("leads", f"/scoring/trainings/{training_id}")
        if training["finished_at"] is not None:
            return training
        await asyncio.sleep(POLL_EVERY)


def _show(learned: Any) -> None:
    console, card = Console(), learned["card"]
    held_out, version = card["held_out"], learned["version"]
    console.print(
        f"Learned score {version}, from {card['leads']:,} closed leads, {card['won']:,} of them won;"
        f" on {held_out['leads']:,} that it never saw: AUC {held_out['auc']},"
        f" Brier {held_out['brier']} (base rate: {held_out['brier_of_base_rate']}),"
        f" calibration error {held_out['calibration_error']}"
    )
    for remark in card["remarks"]:
        console.print(remark)
    for suspicion in card["suspicions"]:
        console.print(f"Suspicious: {suspicion['feature']}. {suspicion['reason']}.")
    tenths = Table("leads", "said", "happened", box=None)
    for tenth in held_out["deciles"]:
        tenths.add_row(str(tenth["leads"]), f"{tenth['said']:.1%}", f"{tenth['happened']:.1%}")
    console.print(tenths)
    features = Table("feature", "known of", "spread", box=None)
    for line in card["features"]:
        features.add_row(line["name"], f"{line['present']:.0%}", f"{line['spread']:.2f}")
    console.print(features)
    console.print(
        f"Somebody else than who asked for it puts it in force:"
        f' PUT /configurations/learned_score/{version}/state {{"state": "activated"}}'
    )
