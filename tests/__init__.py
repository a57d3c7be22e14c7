"""The story of the product, told by tests: what a streamer sees and is promised."""

from hypothesis import settings

# How long an example takes is the machine's matter, and no promise.
settings.register_profile("promises", deadline=None)
settings.load_profile("promises")
