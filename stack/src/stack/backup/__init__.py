"""Everything that a stack must not lose, in one file; standard library only, for both modes."""
