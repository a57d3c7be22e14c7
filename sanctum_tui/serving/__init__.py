"""The console as a page in a browser: one console in a pty, shown to as many pages as hold the address."""
