"""A pipeline: the stages a deal walks through, where each leads, and what it asks for at its door."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.opportunities.domain import gate
from shared.custom_fields import AttributeSchema
from shared.refusals import Conflict, FieldError, Invalid
from shared.rules import InvalidExpression

StageKind = Literal["open", "won", "lost"]
Outcome = Literal["won", "lost"]
Key = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^\S(.*\S)?$")]
PipelineKey = Annotated[str, Field(max_length=60, pattern=r"^\w[\w.-]*$")]
"""Part of the kind of its configuration."""

STANDARD = "standard"
"""The pipeline of deals that nobody chose another for."""


class UnknownPipeline(Invalid):
    """There is no pipeline {pipeline}.

    GET /pipelines lists those in use.
    """


class UnknownStage(Invalid):
    """The pipeline has no stage {stage}; its stages are {stages}."""


class StageOutOfReach(Conflict):
    """From {from_stage} a deal goes to {allowed}, not to {to_stage}: stages are not skipped.

    Move to one of the allowed stages first, or one step back with a reason.
    """


class UnknownReason(Invalid):
    """{reason} is not among the reasons for a deal that is {outcome}: {reasons}."""


class InvalidPipeline(Invalid):
    """This pipeline would not work.

    Correct what `errors` names, stage by stage.
    """


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(_Value):
    """How something reads for people; English falls back to Chinese."""

    zh: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str, Field(max_length=200)] = ""


class Condition(_Value):
    """One thing a stage asks for: a CEL expression over the deal, and what to say when it fails."""

    name: Key
    when: Annotated[str, Field(min_length=1, max_length=1000)]
    message: Wording


class Stage(_Value):
    """A stage; its gate stands at its entrance."""

    key: Key
    """What events and reports call it."""
    label: Wording | None = None
    kind: StageKind = "open"
    probability: Annotated[float, Field(ge=0, le=1)]
    next: tuple[Key, ...] = ()
    gate: tuple[Condition, ...] = ()
    attributes: AttributeSchema = Field(default_factory=dict)
    """JSON Schema of the custom fields that deals have from here on; the gate asks for the required ones."""


class Reason(_Value):
    """Why deals are won or lost; some say which competitor had a part in it."""

    key: Key
    label: Wording | None = None
    names_competitor: bool = False


class Reasons(_Value):
    """The reasons to choose from when a deal closes."""

    won: tuple[Reason, ...]
    lost: tuple[Reason, ...]


USUAL_REASONS = Reasons(
    won=(
        Reason(key="产品合适", label=Wording(zh="产品合适", en="Product fits")),
        Reason(key="价格", label=Wording(zh="价格", en="Price")),
        Reason(key="关系与服务", label=Wording(zh="关系与服务", en="Relationship and service")),
        Reason(key="其他", label=Wording(zh="其他", en="Other")),
    ),
    lost=(
        Reason(key="价格", label=Wording(zh="价格", en="Price")),
        Reason(
            key="输给竞争对手",
            label=Wording(zh="输给竞争对手", en="Lost to a competitor"),
            names_competitor=True,
        ),
        Reason(key="产品不合适", label=Wording(zh="产品不合适", en="Product does not fit")),
        Reason(key="预算取消", label=Wording(zh="预算取消", en="Budget withdrawn")),
        Reason(key="没有回应", label=Wording(zh="没有回应", en="No answer")),
        Reason(key="其他", label=Wording(zh="其他", en="Other")),
    ),
)


class PipelineBody(_Value):
    """What an administrator writes: the pipeline without its key and version."""

    name: Wording
    stages: Annotated[tuple[Stage, ...], Field(min_length=3, max_length=40)]
    reasons: Reasons = USUAL_REASONS

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        keys = [stage.key for stage in self.stages]
        if len(set(keys)) < len(keys):
            raise ValueError("two stages have the same key")
        for kind in ("won", "lost"):
            if sum(stage.kind == kind for stage in self.stages) != 1:
                raise ValueError(f"a pipeline has exactly one stage of kind {kind}")
        if self.stages[0].kind != "open":
            raise ValueError("the first stage must be open")
        for stage in self.stages:
            if strangers := set(stage.next) - set(keys):
                raise ValueError(f"stage {stage.key} leads to unknown stages {sorted(strangers)}")
            if stage.kind != "open" and stage.next:
                raise ValueError(f"stage {stage.key} is the end and leads nowhere")
        return self


class Pipeline(PipelineBody):
    """One version of a pipeline; open deals stay on theirs."""

    key: PipelineKey
    version: Annotated[int, Field(ge=1)]

    @property
    def first(self) -> Stage:
        """Where a deal begins."""
        return self.stages[0]

    def stage(self, key: str) -> Stage:
        """The stage of that key; refuses when there is none."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise UnknownStage(stage=key, stages=[stage.key for stage in self.stages])

    def ending(self, outcome: Outcome) -> Stage:
        """The stage in which deals with that outcome end."""
        return next(stage for stage in self.stages if stage.kind == outcome)

    def is_step_back(self, here: Stage, there: Stage) -> bool:
        """Whether `there` is the open stage just before `here`."""
        still_open = [stage.key for stage in self.stages if stage.kind == "open"]
        at = still_open.index(here.key)
        return at > 0 and still_open[at - 1] == there.key

    def refuse_out_of_reach(self, here: Stage, there: Stage) -> None:
        """Only the stages that `here` leads to can be entered from it."""
        if there.key not in here.next:
            raise StageOutOfReach(from_stage=here.key, to_stage=there.key, allowed=list(here.next))

    def reason(self, outcome: Outcome, key: str) -> Reason:
        """The reason of that key; refuses when it is not on the list."""
        reasons = self.reasons.won if outcome == "won" else self.reasons.lost
        for reason in reasons:
            if reason.key == key:
                return reason
        raise UnknownReason(reason=key, outcome=outcome, reasons=[reason.key for reason in reasons])


def parse(body: object) -> PipelineBody:
    """The pipeline an administrator wrote, with every condition compiled; refuses with positions."""
    try:
        pipeline = PipelineBody.model_validate(body)
    except ValidationError as invalid:
        raise InvalidPipeline(
            errors=tuple(
                FieldError(
                    pointer="".join(f"/{part}" for part in error["loc"]), reason=error["msg"]
                )
                for error in invalid.errors()
            )
        ) from invalid
    if errors := tuple(_expression_errors(pipeline)):
        raise InvalidPipeline(errors=errors)
    return pipeline


def _expression_errors(pipeline: PipelineBody) -> list[FieldError]:
    errors: list[FieldError] = []
    for at, stage in enumerate(pipeline.stages):
        for index, condition in enumerate(stage.gate):
            try:
                gate.ENVIRONMENT.compile(condition.when)
            except InvalidExpression as invalid:
                pointer = f"/stages/{at}/gate/{index}/when"
                errors.append(FieldError(pointer=pointer, reason=str(invalid)))
    return errors
