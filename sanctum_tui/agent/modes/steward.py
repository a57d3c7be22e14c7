"""Steward: answers when it is addressed."""

NAME = "steward"
DOES = "nothing: it stays silent when addressed"
NOT_YET = "answers to people who address the agent by name or by reply"
