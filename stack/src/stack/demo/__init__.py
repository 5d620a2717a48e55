"""The guide, played against running services over HTTP."""

from stack.demo.play import play

__all__ = ["play"]
