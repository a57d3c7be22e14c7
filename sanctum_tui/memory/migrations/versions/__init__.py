"""The changes, in order. A file here never imports `tables`: it says what was true when it was written."""
