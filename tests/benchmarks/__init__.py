"""What the console costs, told as ratios against the barest program that does the same; see `__main__`."""
