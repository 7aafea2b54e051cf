"""How results read: the one place where a number, month, list or verdict becomes text."""

from graymarket.wording.wording import Text, Wording, current, use

__all__ = ["Text", "Wording", "current", "use"]
