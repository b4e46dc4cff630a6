"""What all engines share: a plan is walked once, here, and an engine is a table of spellings."""
