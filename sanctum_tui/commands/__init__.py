"""The commands behind the command line, one file each; imported when one is asked for."""
