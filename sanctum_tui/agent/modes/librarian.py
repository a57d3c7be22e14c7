"""Librarian: keeps the evening's lines and finds them again."""

NAME = "librarian"
DOES = "stores every line as it is shown, restores an evening after a restart, keeps earlier ledgers at hand"
NOT_YET = "search across earlier streams"
