"""Evenings from a file: reading chat logs of many shapes, playing them, and recording our own."""
