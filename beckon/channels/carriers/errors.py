"""What carriers raise. Failures of the vendor or the network are results, not errors."""


class CarrierError(Exception):
    """Base of all; the message never holds anything personal."""


class MisconfiguredError(CarrierError):
    """The configuration or a secret is wrong: nothing was tried. The message says what to mend."""


class MisuseError(CarrierError):
    """The caller broke the contract: too many messages, a channel not carried, a reference twice."""


class CallbackRefusedError(CarrierError):
    """A callback that is not from the vendor, or is not one at all. Answer 403, store nothing."""
