"""The figures, in the order of the table; each module has one function that measures."""

from shangji.bench.figures import (
    bulk,
    consume,
    duplicates,
    idle,
    latency,
    pools,
    rebuild,
    relay,
    scoring,
    submit,
)
from shangji.bench.plan import Figure

FIGURES: dict[str, Figure] = {
    "submit": submit.measure,
    "import": bulk.measure,
    "relay": relay.measure,
    "latency": latency.measure,
    "consume": consume.measure,
    "rebuild": rebuild.measure,
    "duplicates": duplicates.measure,
    "pools": pools.measure,
    "scoring": scoring.measure,
    "idle": idle.measure,
}
