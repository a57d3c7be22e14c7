"""What panes share that have something in them which should not be on stream."""


class Veiled:
    """Mixed into a widget; what it hides, and how it is drawn anew, is the widget's own."""

    _private = False

    @property
    def private(self) -> bool:
        """Whether what should not be on stream is hidden."""
        return self._private

    @private.setter
    def private(self, private: bool) -> None:
        if private != self._private:
            self._private = private
            self.veil()

    def veil(self) -> None:
        """Private mode was turned on or off: show what may be seen now, and no more."""
