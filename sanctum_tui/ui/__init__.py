"""What the operator sees and presses: the console's panes, dialogs, keys and colours."""
