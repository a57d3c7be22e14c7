"""Scribe: what is worth keeping of an evening."""

NAME = "scribe"
DOES = "gathers discussion, clip candidates and blog seeds for the ledger, by plain rules; keeps your marks"
NOT_YET = "summaries in prose"
