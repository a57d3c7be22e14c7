"""A stand-in for Twitch on this machine, over real sockets, that can lose in every way the real one does."""

from tests.fake_twitch.server import FakeTwitch
from tests.fake_twitch.session import Session
from tests.fake_twitch.tokens import ALL_SCOPES
from tests.fake_twitch.world import Marker, Posted

__all__ = ["ALL_SCOPES", "FakeTwitch", "Marker", "Posted", "Session"]
