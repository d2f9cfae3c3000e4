"""A Gemini API for development and tests: the real wire format, and every way in which it fails."""

from tools.emulator.emulation import Call
from tools.emulator.server import Emulator

__all__ = ["Call", "Emulator"]
