"""Status: what the agent is doing at this moment, in one short line, seldom enough to be read in passing."""
