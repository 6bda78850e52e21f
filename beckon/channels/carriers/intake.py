"""What every carrier asks of a batch before anything leaves, and how bad configuration is told."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from beckon.channels.carriers.base import Capabilities, OutgoingMessage
from beckon.channels.carriers.errors import MisconfiguredError, MisuseError

ConfigT = TypeVar("ConfigT", bound=BaseModel)


def check_batch(batch: Sequence[OutgoingMessage], capabilities: Capabilities) -> None:
    """Raises MisuseError when the caller broke the contract, so that nothing of the batch leaves."""
    if len(batch) > capabilities.max_batch:
        raise MisuseError(f"{len(batch)} messages in one batch, at most {capabilities.max_batch}")
    if len({message.reference for message in batch}) != len(batch):
        raise MisuseError("a reference stands twice in the batch")
    if any(not message.reference for message in batch):
        raise MisuseError("a message has no reference")
    foreign = {m.channel for m in batch} - capabilities.channels
    if foreign:
        raise MisuseError(f"channel not carried: {', '.join(sorted(foreign))}")


def read_config(model: type[ConfigT], config: Mapping[str, object]) -> ConfigT:
    """The validated configuration. Raises MisconfiguredError with each field and what is wrong, no values."""
    try:
        return model.model_validate(dict(config))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in e['loc']) or 'configuration'}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False)
        )
        raise MisconfiguredError(wrong) from None
